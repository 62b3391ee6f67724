namespace QLoraGen.Kernels;

/// <summary>
/// Where a band of columns lies in four rows that follow one another, and its recovered absmax. Behind the last row of the
/// weight the last row is named again, and its factor is zero.
/// </summary>
internal readonly unsafe struct FourRows
{
    private readonly int n;

    /// <summary>The band of <paramref name="width"/> columns from <paramref name="first"/> in the rows n to n + 3.</summary>
    /// <param name="w">The weight.</param>
    /// <param name="n">The first row.</param>
    /// <param name="first">The first column, a multiple of 32.</param>
    /// <param name="width">Columns, a multiple of 32.</param>
    /// <param name="absmax">Room for 4 * width / 32 floats, which this fills.</param>
    public FourRows(in QuantizedWeight w, int n, int first, int width, float* absmax)
    {
        this.n = n;
        Rows = w.Rows;
        Codebook = Kernels.Codebook.Pointer(w.Format.Type);
        Ahead = 2 * (long)w.Cols;
        int steps = width / AbsmaxRun.Step;
        Codes0 = Row(w, n, first, steps, Absmax0 = absmax);
        Codes1 = Row(w, n + 1, first, steps, Absmax1 = absmax + steps);
        Codes2 = Row(w, n + 2, first, steps, Absmax2 = absmax + 2 * steps);
        Codes3 = Row(w, n + 3, first, steps, Absmax3 = absmax + 3 * steps);
    }

    /// <summary>The codes of the band.</summary>
    public readonly byte* Codes0, Codes1, Codes2, Codes3;

    /// <summary>One absmax for every 32 columns of the band.</summary>
    public readonly float* Absmax0, Absmax1, Absmax2, Absmax3;

    /// <summary>The 16 values.</summary>
    public readonly float* Codebook;

    /// <summary>Bytes from these four rows to the next four.</summary>
    public readonly long Ahead;

    /// <summary>N.</summary>
    public readonly int Rows;

    /// <summary>Row n + offset's element of a vector over the rows; zero behind the weight's last row.</summary>
    public float Factor(float* factors, int offset) => n + offset < Rows ? factors[n + offset] : 0;

    private static byte* Row(in QuantizedWeight w, int n, int first, int steps, float* absmax)
    {
        long start = (long)Math.Min(n, w.Rows - 1) * w.Cols + first;
        AbsmaxRun.Fill(w, start, steps, absmax);
        return w.Codes + start / 2;
    }
}

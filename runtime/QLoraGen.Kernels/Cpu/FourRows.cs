namespace QLoraGen.Kernels;

/// <summary>
/// Where a band of columns lies in four rows that follow one another. Behind the last row of the weight the last row is
/// named again, and its factor is zero.
/// </summary>
internal readonly unsafe struct FourRows
{
    private readonly int n;
    private readonly int last;

    /// <summary>The band from column <paramref name="first"/> in the rows n to n + 3.</summary>
    public FourRows(in QuantizedWeight w, int n, int first)
    {
        this.n = n;
        last = w.Rows - 1;
        Start0 = (long)n * w.Cols + first;
        Start1 = (long)Math.Min(n + 1, last) * w.Cols + first;
        Start2 = (long)Math.Min(n + 2, last) * w.Cols + first;
        Start3 = (long)Math.Min(n + 3, last) * w.Cols + first;
        Codes0 = w.Codes + Start0 / 2;
        Codes1 = w.Codes + Start1 / 2;
        Codes2 = w.Codes + Start2 / 2;
        Codes3 = w.Codes + Start3 / 2;
        Ahead = 2 * (long)w.Cols;
        Shift = int.Log2(w.Format.BlockSize);
    }

    /// <summary>The positions in the flattened weight.</summary>
    public readonly long Start0, Start1, Start2, Start3;

    /// <summary>The codes at those positions.</summary>
    public readonly byte* Codes0, Codes1, Codes2, Codes3;

    /// <summary>Bytes from these four rows to the next four.</summary>
    public readonly long Ahead;

    /// <summary>A position shifted right by this is its block.</summary>
    public readonly int Shift;

    /// <summary>A row's factor for row n + offset, zero behind the weight's last.</summary>
    public float Factor(float* factors, int offset) => n + offset <= last ? factors[n + offset] : 0;
}

namespace QLoraGen.Kernels;

/// <summary>
/// The products, a row of W at a time: it is decoded to a buffer, then multiplied. Serves few rows of x where blocks cross the
/// rows of W and, with the scalar decoder, as the reference.
/// </summary>
internal static unsafe class RowBufferProduct
{
    /// <summary>y[m, n] for the rows n from <paramref name="first"/> up to <paramref name="last"/> of the weight.</summary>
    public static void Multiply(in QuantizedWeight w, float* x, int m, float* y, int first, int last, SimdLevel level)
    {
        float* row = Scratch.Row(w.Cols);
        for (int n = first; n < last; n++)
        {
            Dequantizer.Run(w, (long)n * w.Cols, row, w.Cols, level);
            for (int i = 0; i < m; i++)
            {
                y[(long)i * w.Rows + n] = VectorMath.Dot(row, x + (long)i * w.Cols, w.Cols);
            }
        }
    }

    /// <summary>gx = gy W, summed over the rows of W in order.</summary>
    public static void MultiplyTransposed(in QuantizedWeight w, float* gy, int m, float* gx, in LowRank term, SimdLevel level)
    {
        float* row = Scratch.Row(w.Cols);
        for (int i = 0; i < m; i++)
        {
            new Span<float>(gx + (long)i * w.Cols, w.Cols).Clear();
        }
        for (int n = 0; n < w.Rows; n++)
        {
            Dequantizer.Run(w, (long)n * w.Cols, row, w.Cols, level);
            for (int i = 0; i < m; i++)
            {
                VectorMath.AddScaled(row, gy[(long)i * w.Rows + n], gx + (long)i * w.Cols, w.Cols);
            }
        }
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < term.Rank; j++)
            {
                float factor = term.Left[(long)i * term.Rank + j] * term.Scale;
                VectorMath.AddScaled(term.Right + (long)j * w.Cols, factor, gx + (long)i * w.Cols, w.Cols);
            }
        }
    }

    /// <summary>Adds the term's part of y[m, n] for the rows n from <paramref name="first"/> up to <paramref name="last"/>.</summary>
    public static void AddTerm(in LowRank term, int m, float* y, int rows, int first, int last)
    {
        if (term.Rank == 0)
        {
            return;
        }
        for (int n = first; n < last; n++)
        {
            for (int i = 0; i < m; i++)
            {
                float sum = VectorMath.Dot(term.Right + (long)n * term.Rank, term.Left + (long)i * term.Rank, term.Rank);
                y[(long)i * rows + n] += term.Scale * sum;
            }
        }
    }
}

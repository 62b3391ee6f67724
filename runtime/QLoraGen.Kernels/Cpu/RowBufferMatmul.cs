namespace QLoraGen.Kernels;

/// <summary>
/// The products for any shape: a row, or a band of one, is decoded to a buffer, then multiplied. The blocks may cross rows.
/// </summary>
internal static unsafe class RowBufferMatmul
{
    /// <summary>y[m, n] for the rows n from <paramref name="first"/> up to <paramref name="last"/> of the weight.</summary>
    public static void Rows(in QuantizedWeight w, float* x, int m, float* y, int first, int last, SimdLevel level)
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

    /// <summary>gx[m, k] for the columns k from <paramref name="first"/> up to <paramref name="last"/>, summed over n in order.</summary>
    public static void Columns(in QuantizedWeight w, float* gy, int m, float* gx, int first, int last, SimdLevel level)
    {
        int width = last - first;
        float* band = Scratch.Row(width);
        for (int i = 0; i < m; i++)
        {
            new Span<float>(gx + (long)i * w.Cols + first, width).Clear();
        }
        for (int n = 0; n < w.Rows; n++)
        {
            Dequantizer.Run(w, (long)n * w.Cols + first, band, width, level);
            for (int i = 0; i < m; i++)
            {
                VectorMath.AddScaled(band, gy[(long)i * w.Rows + n], gx + (long)i * w.Cols + first, width);
            }
        }
    }
}

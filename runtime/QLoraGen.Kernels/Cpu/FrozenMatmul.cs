using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>
/// Products with a quantized weight W [N, K], decoded on the way and summed in fp32. Made for few rows of x (1 to about 8);
/// right for any number. The results do not depend on the number of threads. Safe to call from several threads at once.
/// </summary>
public static unsafe class FrozenMatmul
{
    // Weights a chunk decodes: enough work to be worth a handover between threads.
    private const long ChunkSize = 1 << 17;

    // Columns a chunk of the transposed product owns, a multiple of every lane count.
    private const int BandWidth = FusedColumns<Lanes512, Vector512<float>, Vector512<float>>.MaxBand;

    /// <summary>y = x W^T.</summary>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="x">[m, K], row by row.</param>
    /// <param name="m">Rows of x and y; 0 does nothing.</param>
    /// <param name="y">[m, N], row by row, overwritten; may not overlap x.</param>
    public static void Multiply(in QuantizedWeight w, float* x, int m, float* y) => Multiply(w, x, m, y, Simd.Best);

    /// <summary>gx = gy W: the gradient of x, given that of y.</summary>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="gy">[m, N], row by row.</param>
    /// <param name="m">Rows of gy and gx; 0 does nothing.</param>
    /// <param name="gx">[m, K], row by row, overwritten; may not overlap gy.</param>
    public static void MultiplyTransposed(in QuantizedWeight w, float* gy, int m, float* gx) =>
        MultiplyTransposed(w, gy, m, gx, Simd.Best);

    /// <summary>
    /// Whether products with this weight take the fused kernels: its rows are whole blocks and the processor has AVX2.
    /// Otherwise a row at a time is decoded into a buffer, which pays for a few rows of x alone.
    /// </summary>
    public static bool IsFused(in QuantizedWeight w) => KernelFor(w, Simd.Best) != Kernel.RowBuffer;

    /// <summary>y = x W^T on the level asked for.</summary>
    internal static void Multiply(in QuantizedWeight w, float* x, int m, float* y, SimdLevel level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        if (m == 0)
        {
            return;
        }
        int rows = (int)Math.Clamp(ChunkSize / w.Cols, 1, w.Rows);
        Kernel kernel = KernelFor(w, level);
        if (kernel != Kernel.RowBuffer)
        {
            int lanes = kernel == Kernel.Fused512 ? Lanes512.Count : Lanes256.Count;
            float* grouped = Scratch.Input(GroupedRows.Length(m, w.Cols));
            GroupedRows.Fill(x, m, w.Cols, lanes, grouped);
            x = grouped;
        }
        KernelThreads.For(Chunks(w.Rows, rows), new RowsBody(w, x, m, y, rows, kernel, level));
    }

    /// <summary>gx = gy W on the level asked for.</summary>
    internal static void MultiplyTransposed(in QuantizedWeight w, float* gy, int m, float* gx, SimdLevel level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        if (m > 0)
        {
            int cols = Math.Min(BandWidth, w.Cols);
            var body = new ColumnsBody(w, gy, m, gx, cols, KernelFor(w, level), level);
            KernelThreads.For(Chunks(w.Cols, cols), body, spread: w.Count > ChunkSize);
        }
    }

    private enum Kernel
    {
        RowBuffer,
        Fused256,
        Fused512,
    }

    private static Kernel KernelFor(in QuantizedWeight w, SimdLevel level) => level switch
    {
        _ when w.Cols % w.Format.FusedUnit != 0 => Kernel.RowBuffer,
        SimdLevel.Avx512 => Kernel.Fused512,
        SimdLevel.Avx2 => Kernel.Fused256,
        _ => Kernel.RowBuffer,
    };

    private static int Chunks(int count, int size) => (int)(((long)count + size - 1) / size);

    private readonly struct RowsBody(QuantizedWeight w, float* x, int m, float* y, int rows, Kernel kernel, SimdLevel level) : IChunkBody
    {
        public void Run(int chunk)
        {
            int first = chunk * rows, last = (int)Math.Min((long)first + rows, w.Rows);
            switch (kernel)
            {
                case Kernel.Fused512: FusedRows<Lanes512, Vector512<float>, Vector512<float>>.Run(w, x, m, y, first, last); break;
                case Kernel.Fused256: FusedRows<Lanes256, Vector256<float>, Book256>.Run(w, x, m, y, first, last); break;
                default: RowBufferMatmul.Rows(w, x, m, y, first, last, level); break;
            }
        }
    }

    private readonly struct ColumnsBody(QuantizedWeight w, float* gy, int m, float* gx, int cols, Kernel kernel, SimdLevel level)
        : IChunkBody
    {
        public void Run(int chunk)
        {
            int first = chunk * cols, last = (int)Math.Min((long)first + cols, w.Cols);
            switch (kernel)
            {
                case Kernel.Fused512: FusedColumns<Lanes512, Vector512<float>, Vector512<float>>.Run(w, gy, m, gx, first, last); break;
                case Kernel.Fused256: FusedColumns<Lanes256, Vector256<float>, Book256>.Run(w, gy, m, gx, first, last); break;
                default: RowBufferMatmul.Columns(w, gy, m, gx, first, last, level); break;
            }
        }
    }
}

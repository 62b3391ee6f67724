using ILGPU;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// The contract in plain C#: one thread a result, any shape, no inline PTX. What the fast kernels are read against, what
/// the CPU accelerator runs, and what the device runs where a shape has no fast path.
/// </summary>
internal static class PlainKernels
{
    /// <summary>Threads of a group.</summary>
    public const int Threads = 128;

    /// <summary>to[i] = bf16 of value i.</summary>
    public static void Dequantize(PlainWeight w, ArrayView<ushort> to, long count)
    {
        long stride = (long)Grid.DimX * Group.DimX;
        for (long i = ((long)Grid.IdxX * Group.DimX) + Group.IdxX; i < count; i += stride)
        {
            to[i] = BFloat16.FromFloat(w.At(i));
        }
    }

    /// <summary>y [m, n] = x [m, k] W^T + h [m, rank] b^T, with b [n, rank]; rank 0 for no adapter.</summary>
    public static void Multiply(
        PlainWeight w, ArrayView<ushort> x, ArrayView<ushort> h, ArrayView<ushort> b, ArrayView<ushort> y, int m, int n, int k, int rank)
    {
        long stride = (long)Grid.DimX * Group.DimX;
        for (long i = ((long)Grid.IdxX * Group.DimX) + Group.IdxX; i < (long)m * n; i += stride)
        {
            long row = i / n, column = i - row * n;
            float sum = 0;
            for (int c = 0; c < k; c++)
            {
                sum += BFloat16.ToFloat(x[row * k + c]) * w.RoundedAt(column * k + c);
            }
            for (int c = 0; c < rank; c++)
            {
                sum += BFloat16.ToFloat(h[row * rank + c]) * BFloat16.ToFloat(b[column * rank + c]);
            }
            y[i] = BFloat16.FromFloat(sum);
        }
    }

    /// <summary>gx [m, k] = gy [m, n] W + h [m, rank] a, with a [rank, k]; rank 0 for no adapter.</summary>
    public static void MultiplyTransposed(
        PlainWeight w, ArrayView<ushort> gy, ArrayView<ushort> h, ArrayView<ushort> a, ArrayView<ushort> gx, int m, int n, int k, int rank)
    {
        long stride = (long)Grid.DimX * Group.DimX;
        for (long i = ((long)Grid.IdxX * Group.DimX) + Group.IdxX; i < (long)m * k; i += stride)
        {
            long row = i / k, column = i - row * k;
            float sum = 0;
            for (int j = 0; j < n; j++)
            {
                sum += BFloat16.ToFloat(gy[row * n + j]) * w.RoundedAt((long)j * k + column);
            }
            for (int c = 0; c < rank; c++)
            {
                sum += BFloat16.ToFloat(h[row * rank + c]) * BFloat16.ToFloat(a[(long)c * k + column]);
            }
            gx[i] = BFloat16.FromFloat(sum);
        }
    }
}

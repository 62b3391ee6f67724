using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// Products with a frozen weight W [N, K], without W ever being expanded whole: up to some rows of x go through
/// the fused kernel, more through tiles of W that are decoded into one small buffer and multiplied by libtorch.
/// </summary>
internal static unsafe class FrozenProduct
{
    private const long TileValues = 1 << 20;   // 4 MB of fp32: within the last-level cache
    private const long LargeWeight = 1 << 20;

    [ThreadStatic]
    private static Tensor? scratch;

    /// <summary>y [M, N] = x [M, K] W^T.</summary>
    public static Tensor Multiply(Tensor x, FrozenTensor weight)
    {
        long m = x.shape[0];
        if (weight.Dense is { dtype: ScalarType.Float32 } dense)
        {
            return x.mm(dense.t());
        }
        if (IsFusedFaster(weight, m))
        {
            Tensor y = empty(m, weight.Shape[0]);
            FrozenMatmul.Multiply(weight.Quantized, TensorMemory.Floats(x), (int)m, TensorMemory.Floats(y));
            return y;
        }
        return MultiplyByTiles(x, weight);
    }

    /// <summary>gx [M, K] = gy [M, N] W.</summary>
    public static Tensor MultiplyTransposed(Tensor gy, FrozenTensor weight)
    {
        long m = gy.shape[0];
        if (weight.Dense is { dtype: ScalarType.Float32 } dense)
        {
            return gy.mm(dense);
        }
        if (IsFusedFaster(weight, m))
        {
            Tensor gx = empty(m, weight.RowLength);
            FrozenMatmul.MultiplyTransposed(weight.Quantized, TensorMemory.Floats(gy), (int)m, TensorMemory.Floats(gx));
            return gx;
        }
        return MultiplyTransposedByTiles(gy, weight);
    }

    /// <summary><see cref="Multiply"/> through libtorch, a tile of W at a time.</summary>
    public static Tensor MultiplyByTiles(Tensor x, FrozenTensor weight)
    {
        int n = checked((int)weight.Shape[0]);
        int step = TileRows(weight);
        if (step >= n)
        {
            return x.mm(Tile(weight, 0, n).t());
        }
        Tensor product = empty(x.shape[0], n);
        for (int first = 0; first < n; first += step)
        {
            int rows = Math.Min(step, n - first);
            using Tensor part = x.mm(Tile(weight, first, rows).t());
            using Tensor place = product.narrow(1, first, rows);
            place.copy_(part);
        }
        return product;
    }

    /// <summary><see cref="MultiplyTransposed"/> through libtorch, a tile of W at a time.</summary>
    public static Tensor MultiplyTransposedByTiles(Tensor gy, FrozenTensor weight)
    {
        int n = checked((int)weight.Shape[0]);
        int step = TileRows(weight);
        if (step >= n)
        {
            return gy.mm(Tile(weight, 0, n));
        }
        Tensor sum = zeros(gy.shape[0], weight.RowLength);
        for (int first = 0; first < n; first += step)
        {
            int rows = Math.Min(step, n - first);
            using Tensor part = gy.narrow(1, first, rows);
            sum.addmm_(part, Tile(weight, first, rows));
        }
        return sum;
    }

    // Measured with `kernels` of QLoraGen.Benchmarks: on 2 threads the kernel takes 0.1 to 0.9 of the tiles' time up to here,
    // and mostly more beyond.
    private static bool IsFusedFaster(FrozenTensor weight, long m) =>
        weight.IsQuantized && m <= (FrozenMatmul.IsFused(weight.Quantized), weight.Count >= LargeWeight) switch
        {
            (true, true) => 128,
            (true, false) => 32,
            _ => 16,
        };

    private static int TileRows(FrozenTensor weight) => (int)Math.Max(1, TileValues / weight.RowLength);

    // The buffer outlives the call, so that a step allocates nothing for it.
    private static Tensor Tile(FrozenTensor weight, int first, int rows)
    {
        long count = (long)rows * weight.RowLength;
        if (scratch is null || scratch.numel() < count)
        {
            scratch?.Dispose();
            scratch = empty(Math.Max(count, Math.Min(TileValues, weight.Count))).DetachFromDisposeScope();
        }
        Tensor tile = scratch.narrow(0, 0, count).view(rows, weight.RowLength);
        weight.ReadRows(first, tile);
        return tile;
    }
}

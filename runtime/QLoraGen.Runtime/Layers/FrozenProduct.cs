using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// Products with a frozen weight W [N, K], without W ever being expanded whole: a 4-bit one goes through the kernels of where it
/// lies, one in the checkpoint's own 16 bits through tiles that are widened into one small buffer and multiplied by libtorch.
/// </summary>
internal static unsafe class FrozenProduct
{
    private const long TileValues = 1 << 20;   // 4 MB of fp32: within the last-level cache

    [ThreadStatic]
    private static Tensor? scratch;

    /// <summary>y [M, N] = x [M, K] W^T + scale * left right^T.</summary>
    /// <param name="x">Contiguous.</param>
    /// <param name="weight">W [N, K].</param>
    /// <param name="left">h = x A^T [M, r], contiguous; null adds nothing.</param>
    /// <param name="right">B [N, r], contiguous.</param>
    /// <param name="scale">alpha / r, or alpha / sqrt(r).</param>
    public static Tensor Multiply(Tensor x, FrozenTensor weight, Tensor? left = null, Tensor? right = null, double scale = 1)
    {
        if (weight.Kernels is { } kernels)
        {
            return kernels.Multiply(x, weight.OnDevice, left, right, scale);
        }
        if (weight.IsQuantized)
        {
            Tensor y = empty(x.shape[0], weight.Shape[0]);
            FrozenMatmul.Multiply(
                weight.Quantized, TensorMemory.Floats(x), (int)x.shape[0], TensorMemory.Floats(y), Term(left, right, scale));
            return y;
        }
        Tensor product = weight.Dense is { dtype: ScalarType.Float32 } dense ? x.mm(dense.t()) : MultiplyByTiles(x, weight);
        return left is null ? product : product.addmm_(left, right!.t(), alpha: (float)scale);
    }

    /// <summary>gx [M, K] = gy [M, N] W + scale * left right.</summary>
    /// <param name="gy">Contiguous.</param>
    /// <param name="weight">W [N, K].</param>
    /// <param name="left">gh = gy B [M, r], contiguous; null adds nothing.</param>
    /// <param name="right">A [r, K], contiguous.</param>
    /// <param name="scale">alpha / r, or alpha / sqrt(r).</param>
    public static Tensor MultiplyTransposed(
        Tensor gy, FrozenTensor weight, Tensor? left = null, Tensor? right = null, double scale = 1)
    {
        if (weight.Kernels is { } kernels)
        {
            return kernels.MultiplyTransposed(gy, weight.OnDevice, left, right, scale);
        }
        if (weight.IsQuantized)
        {
            Tensor gx = empty(gy.shape[0], weight.RowLength);
            FrozenMatmul.MultiplyTransposed(
                weight.Quantized, TensorMemory.Floats(gy), (int)gy.shape[0], TensorMemory.Floats(gx), Term(left, right, scale));
            return gx;
        }
        Tensor product = weight.Dense is { dtype: ScalarType.Float32 } dense ? gy.mm(dense) : MultiplyTransposedByTiles(gy, weight);
        return left is null ? product : product.addmm_(left, right!, alpha: (float)scale);
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
        Tensor product = empty(x.shape[0], n, device: x.device);
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
        Tensor sum = zeros(gy.shape[0], weight.RowLength, device: gy.device);
        for (int first = 0; first < n; first += step)
        {
            int rows = Math.Min(step, n - first);
            using Tensor part = gy.narrow(1, first, rows);
            sum.addmm_(part, Tile(weight, first, rows));
        }
        return sum;
    }

    /// <summary>Sums of squares of the rows of W, [N].</summary>
    public static Tensor SquaredRows(FrozenTensor weight) => EachTile(weight, zeros(weight.Shape[0], device: weight.Device), static (sums, tile, first) =>
    {
        using Tensor part = tile.square().sum(1), place = sums.narrow(0, first, part.shape[0]);
        place.copy_(part);
    });

    /// <summary>Sums of squares of the columns of W, [K], and left W, [r, K].</summary>
    /// <param name="weight">W [N, K].</param>
    /// <param name="left">[r, N].</param>
    public static (Tensor Squares, Tensor Product) Columns(FrozenTensor weight, Tensor left)
    {
        Tensor squares = zeros(weight.RowLength, device: weight.Device);
        return (squares, EachTile(weight, zeros(left.shape[0], weight.RowLength, device: weight.Device), (sum, tile, first) =>
        {
            using Tensor square = tile.square().sum([0]), part = left.narrow(1, first, tile.shape[0]);   // a plain 0 would be read as a type
            squares.add_(square);
            sum.addmm_(part, tile);
        }));
    }

    private static Tensor EachTile(FrozenTensor weight, Tensor result, Action<Tensor, Tensor, int> add)
    {
        int n = checked((int)weight.Shape[0]), step = TileRows(weight);
        for (int first = 0; first < n; first += step)
        {
            using Tensor tile = Tile(weight, first, Math.Min(step, n - first));
            add(result, tile, first);
        }
        return result;
    }

    private static LowRank Term(Tensor? left, Tensor? right, double scale) =>
        left is null ? default : new(TensorMemory.Floats(left), TensorMemory.Floats(right!), (int)left.shape[1], (float)scale);

    private static int TileRows(FrozenTensor weight) => (int)Math.Max(1, TileValues / weight.RowLength);

    // The buffer outlives the call, so that a step allocates nothing for it.
    private static Tensor Tile(FrozenTensor weight, int first, int rows)
    {
        long count = (long)rows * weight.RowLength;
        Device device = weight.Device;
        if (scratch is null || scratch.numel() < count || scratch.device_type != device.type)
        {
            scratch?.Dispose();
            scratch = empty(Math.Max(count, Math.Min(TileValues, weight.Count)), device: device).DetachFromDisposeScope();
        }
        Tensor tile = scratch.narrow(0, 0, count).view(rows, weight.RowLength);
        weight.ReadRows(first, tile);
        return tile;
    }
}

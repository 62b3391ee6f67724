namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// Products with a quantized weight W [N, K] on the device, decoded on the way and summed in fp32, for bf16 activations by
/// their addresses. Everything is queued on the stream that is given; nothing waits.
/// </summary>
/// <remarks>
/// Each value of W is the bf16 that dequantizing gives, except for 1 to 4 rows, where it is the fp32 value itself. An adapter's
/// part is added on the way: pass h = scale * (x A^T) [m, r] and B [N, r] or, transposed, h = scale * (gy B) and A [r, K].
/// </remarks>
public static class GpuMatmul
{
    /// <summary>
    /// From so many rows on, dequantizing and libtorch's own product are to be preferred, which is the caller's to do: W is then
    /// read often enough to pay for writing it out. Not measured on a device yet; an estimate from the instruction counts.
    /// </summary>
    public const int DequantizeFrom = 1024;

    // Rows of x up to which the matrix-vector kernel is taken. An estimate too: its work grows with every row.
    internal const int GemvRows = 4;

    // Partial sums are worth it while their bytes stay well below those of the codes.
    private const int MaxLayers = 16;

    /// <summary>What <see cref="Multiply"/> takes, or <see cref="MultiplyTransposed"/>, on a device with so many multiprocessors.</summary>
    /// <param name="w">The weight.</param>
    /// <param name="m">Rows of activations.</param>
    /// <param name="rank">The adapter's, 0 for none.</param>
    /// <param name="transposed">Whether it is gx = gy W.</param>
    /// <param name="multiprocessors">Of the device.</param>
    public static GpuChoice Choose(in GpuWeight w, int m, int rank, bool transposed, int multiprocessors)
    {
        if (!transposed && m <= GemvRows && w.HasRunsOf(32))
        {
            KernelSource vector = GpuKernels.Gemv.First(kernel => kernel.Rows >= m).Kernel;
            return new(vector.Name, 1, $"{m} of at most {GemvRows} rows: as fast as the codes come");
        }
        string? slow = w.HasRunsOf(TileShape.Depth) ? null : $"rows of {w.Cols} are not whole blocks and 64s, or the parts are not 16-byte aligned";
        slow ??= rank % 8 == 0 ? null : $"an adapter of rank {rank} is not a multiple of 8";
        slow ??= !transposed || w.Rows % 8 == 0 ? null : $"{w.Rows} rows are not a multiple of 8";
        if (slow is not null)
        {
            return new((transposed ? GpuKernels.PlainMultiplyTransposed : GpuKernels.PlainMultiply).Name, 1, $"any shape: {slow}");
        }
        TileSource tile = Tile(m, transposed);
        int layers = Layers(w, m, tile, transposed, multiprocessors);
        return new(tile.Kernel.Name, layers, $"{m} rows in tiles of {tile.Rows}{(layers > 1 ? $", the sum in {layers} parts" : "")}");
    }

    /// <summary>Bytes of scratch memory that a product takes: 0 where its sum is made in one part.</summary>
    /// <param name="device">The device.</param>
    /// <param name="w">The weight.</param>
    /// <param name="m">Rows of activations.</param>
    /// <param name="rank">The adapter's, 0 for none.</param>
    /// <param name="transposed">Whether it is gx = gy W.</param>
    public static long ScratchBytes(GpuDevice device, in GpuWeight w, int m, int rank = 0, bool transposed = false) =>
        ScratchBytes(device.Launcher, w, m, rank, transposed);

    /// <summary>y = x W^T + h B^T.</summary>
    /// <param name="device">Where everything lies.</param>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="x">bf16 [m, K], row by row, 16-byte aligned.</param>
    /// <param name="m">Rows of x and y; 0 does nothing.</param>
    /// <param name="y">bf16 [m, N], row by row, 16-byte aligned, overwritten; may not overlap x.</param>
    /// <param name="adapter">h [m, r] and B [N, r]; default for none.</param>
    /// <param name="scratch">16-byte aligned, of <see cref="ScratchBytes(GpuDevice, in GpuWeight, int, int, bool)"/>.</param>
    /// <param name="stream">A CUDA stream; 0 for the default one.</param>
    /// <exception cref="ArgumentException">An address is not aligned, or scratch memory is missing.</exception>
    /// <exception cref="CudaException">The driver refuses; the message says what and how to mend it.</exception>
    public static void Multiply(GpuDevice device, in GpuWeight w, nint x, int m, nint y, GpuAdapter adapter = default, nint scratch = 0, nint stream = 0) =>
        Run(device.Launcher, w, x, m, y, adapter, scratch, stream, transposed: false);

    /// <summary>gx = gy W + h A: the gradient of x, given that of y.</summary>
    /// <param name="device">Where everything lies.</param>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="gy">bf16 [m, N], row by row, 16-byte aligned.</param>
    /// <param name="m">Rows of gy and gx; 0 does nothing.</param>
    /// <param name="gx">bf16 [m, K], row by row, 16-byte aligned, overwritten; may not overlap gy.</param>
    /// <param name="adapter">h [m, r] and A [r, K]; default for none.</param>
    /// <param name="scratch">16-byte aligned, of <see cref="ScratchBytes(GpuDevice, in GpuWeight, int, int, bool)"/>.</param>
    /// <param name="stream">A CUDA stream; 0 for the default one.</param>
    /// <exception cref="ArgumentException">An address is not aligned, or scratch memory is missing.</exception>
    /// <exception cref="CudaException">The driver refuses; the message says what and how to mend it.</exception>
    public static void MultiplyTransposed(
        GpuDevice device, in GpuWeight w, nint gy, int m, nint gx, GpuAdapter adapter = default, nint scratch = 0, nint stream = 0) =>
        Run(device.Launcher, w, gy, m, gx, adapter, scratch, stream, transposed: true);

    internal static long ScratchBytes(IKernelLauncher launcher, in GpuWeight w, int m, int rank, bool transposed)
    {
        int layers = Choose(w, m, rank, transposed, launcher.Multiprocessors).Layers;
        return layers == 1 ? 0 : (long)layers * m * (transposed ? w.Cols : w.Rows) * sizeof(float);
    }

    internal static void Run(
        IKernelLauncher launcher, in GpuWeight w, nint x, int m, nint y, GpuAdapter adapter, nint scratch, nint stream, bool transposed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        if (m == 0)
        {
            return;
        }
        if (((x | y | adapter.H | adapter.Weight | scratch) & 15) != 0)
        {
            throw new ArgumentException("An address is not a multiple of 16 bytes: pass tensors that start where their storage does.");
        }
        GpuChoice choice = Choose(w, m, adapter.Rank, transposed, launcher.Multiprocessors);
        if (choice.Layers > 1 && scratch == 0)
        {
            throw new ArgumentException($"{choice.Reason} takes scratch memory: pass ScratchBytes of it.", nameof(scratch));
        }
        GpuLaunches.Product(launcher, choice, w, x, m, y, adapter, scratch, stream, transposed);
    }

    internal static TileSource Tile(int m, bool transposed)
    {
        IReadOnlyList<TileSource> tiles = transposed ? GpuKernels.Backward : GpuKernels.Forward;
        return tiles.FirstOrDefault(tile => tile.Rows >= m) ?? tiles[^1];
    }

    // As many parts as fill the multiprocessors, each of 4 steps or more.
    private static int Layers(in GpuWeight w, int m, TileSource tile, bool transposed, int multiprocessors)
    {
        (int inner, int outer) = transposed ? (w.Rows, w.Cols) : (w.Cols, w.Rows);
        int steps = Up(inner, TileShape.Depth), tiles = Up(outer, TileShape.Columns) * Up(m, tile.Rows);
        int wanted = Math.Min(tile.Kernel.GroupsPerSM * multiprocessors / tiles, steps / 4);
        int perLayer = Up(steps, Math.Clamp(wanted, 1, MaxLayers));
        return Up(steps, perLayer);   // none is empty
    }

    internal static int Up(int count, int size) => (count + size - 1) / size;
}

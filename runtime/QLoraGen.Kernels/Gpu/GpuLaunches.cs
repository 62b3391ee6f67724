namespace QLoraGen.Kernels.Gpu;

/// <summary>Lays out the arguments of each kernel and starts it.</summary>
internal static class GpuLaunches
{
    private static readonly Dictionary<string, KernelSource> byName = GpuKernels.All.ToDictionary(kernel => kernel.Name);

    /// <summary>y = x W^T or gx = gy W by the kernel that was chosen.</summary>
    public static void Product(
        IKernelLauncher launcher, GpuChoice choice, in GpuWeight w, nint x, int m, nint y, GpuAdapter adapter, nint scratch, nint stream, bool transposed)
    {
        KernelSource kernel = byName[choice.Kernel];
        (int inner, int outer) = transposed ? (w.Rows, w.Cols) : (w.Cols, w.Rows);
        var arguments = new KernelArguments(stackalloc byte[KernelArguments.MaxBytes]);
        if (kernel == GpuKernels.PlainMultiply || kernel == GpuKernels.PlainMultiplyTransposed)
        {
            w.AddPlain(ref arguments, launcher);
            arguments.AddView(x, (long)m * inner);
            arguments.AddView(adapter.H, (long)m * adapter.Rank);
            arguments.AddView(adapter.Weight, (long)adapter.Rank * outer);
            arguments.AddView(y, (long)m * outer);
            AddSizes(ref arguments, m, w);
            arguments.Add(adapter.Rank);
            launcher.Launch(kernel, Groups(launcher, (long)m * outer, kernel.Threads), arguments.Bytes, stream);
            return;
        }
        arguments.Add((long)x);
        arguments.Add((long)w.Codes);
        w.AddTables(ref arguments, launcher);
        arguments.Add((long)adapter.H);
        arguments.Add((long)adapter.Weight);
        arguments.Add((long)(choice.Layers > 1 ? scratch : y));
        AddSizes(ref arguments, m, w);
        arguments.Add(w.LogBlock);
        arguments.Add(adapter.Rank);
        if (GpuKernels.Gemv.Any(gemv => gemv.Kernel == kernel))
        {
            launcher.Launch(kernel, new(GpuMatmul.Up(w.Rows, GemvKernel.Rows)), arguments.Bytes, stream);
            return;
        }
        arguments.Add(GpuMatmul.Up(GpuMatmul.Up(inner, TileShape.Depth), choice.Layers));
        int rows = GpuMatmul.Tile(m, transposed).Rows;
        launcher.Launch(kernel, new(GpuMatmul.Up(outer, TileShape.Columns), GpuMatmul.Up(m, rows), choice.Layers), arguments.Bytes, stream);
        if (choice.Layers > 1)
        {
            Sum(launcher, scratch, y, choice.Layers, (long)m * outer, stream);
        }
    }

    /// <summary>bf16 of all values.</summary>
    public static void Dequantize(IKernelLauncher launcher, in GpuWeight w, nint to, nint stream)
    {
        var arguments = new KernelArguments(stackalloc byte[KernelArguments.MaxBytes]);
        if (w.Count % 8 == 0 && w.Codes % 4 == 0 && to % 16 == 0)
        {
            arguments.Add((long)w.Codes);
            w.AddTables(ref arguments, launcher);
            arguments.Add((long)to);
            arguments.Add(w.Count / 8);
            arguments.Add(w.LogBlock);
            launcher.Launch(GpuKernels.Dequantize, Groups(launcher, w.Count / 8, DequantizeKernel.Threads), arguments.Bytes, stream);
            return;
        }
        w.AddPlain(ref arguments, launcher);
        arguments.AddView(to, w.Count);
        arguments.Add(w.Count);
        launcher.Launch(GpuKernels.PlainDequantize, Groups(launcher, w.Count, PlainKernels.Threads), arguments.Bytes, stream);
    }

    /// <summary>Codes and fp32 absmax of fp32 or bf16 values.</summary>
    public static void Quantize(
        IKernelLauncher launcher, bool isFloat, nint from, QuantType type, int blockSize, long count, nint codes, nint absmax, nint stream)
    {
        long blocks = (count + blockSize - 1) / blockSize;
        nint table = launcher.EncoderTable(type);
        var arguments = new KernelArguments(stackalloc byte[KernelArguments.MaxBytes]);
        arguments.AddView(from, count);
        arguments.AddView(codes, (count + 1) / 2);
        arguments.AddView(absmax, blocks);
        arguments.AddView(table, 16);
        arguments.AddView(table + 16 * sizeof(float), 16);
        arguments.Add((int)type);
        arguments.Add(blockSize);
        arguments.Add(count);
        KernelSource kernel = isFloat ? GpuKernels.QuantizeFloat : GpuKernels.QuantizeBFloat16;
        launcher.Launch(kernel, new((int)((blocks + kernel.Threads - 1) / kernel.Threads)), arguments.Bytes, stream);
    }

    private static void Sum(IKernelLauncher launcher, nint parts, nint to, int layers, long count, nint stream)
    {
        var arguments = new KernelArguments(stackalloc byte[KernelArguments.MaxBytes]);
        arguments.AddView(parts, layers * count);
        arguments.AddView(to, count);
        arguments.Add(layers);
        arguments.Add(count);
        launcher.Launch(GpuKernels.Sum, Groups(launcher, count, GpuKernels.Sum.Threads), arguments.Bytes, stream);
    }

    private static void AddSizes(ref KernelArguments arguments, int m, in GpuWeight w)
    {
        arguments.Add(m);
        arguments.Add(w.Rows);
        arguments.Add(w.Cols);
    }

    // Loops with a stride: no more groups than fit at a time.
    private static GridSize Groups(IKernelLauncher launcher, long work, int threads) =>
        new((int)Math.Min((work + threads - 1) / threads, launcher.Multiprocessors * 8L));
}

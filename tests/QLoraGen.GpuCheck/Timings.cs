using QLoraGen.Kernels.Gpu;

namespace QLoraGen.GpuCheck;

/// <summary>
/// Cold times: copies of the weight are taken in turn, together more than twice the L2, so that codes come from memory as
/// they do in a model of many layers. The median of 7 rounds of all copies. One JSON object a line, for gpu-check.py.
/// </summary>
internal static class Timings
{
    private static readonly (int N, int K)[] shapes = [(4096, 4096), (14336, 4096), (4096, 14336)];

    private static readonly int[] tokens = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    public static void Run(GpuDevice device)
    {
        var random = new Random(1);
        Copy(device);
        foreach ((int n, int k) in shapes)
        {
            using var first = new RandomWeight(device, new(QuantType.NF4), n, k, random);
            int copies = (int)Math.Max(2, 2 * device.L2CacheBytes / (first.Device.Count / 2) + 1);
            RandomWeight[] weights = [first, .. Enumerable.Range(1, copies - 1).Select(_ => new RandomWeight(device, new(QuantType.NF4), n, k, random))];
            using var dense = new DeviceMemory(device, 2 * first.Device.Count);
            Line("dequantize", n, k, 0, "dequantize", Median(device, copies, i => GpuDequantizer.Dequantize(device, weights[i].Device, dense.Address)));
            foreach (int m in tokens)
            {
                using DeviceMemory x = Zeros(device, 2L * m * k), y = Zeros(device, 2L * m * n);
                foreach (bool transposed in (bool[])[false, true])
                {
                    using var scratch = new DeviceMemory(device, Math.Max(GpuMatmul.ScratchBytes(device, first.Device, m, 0, transposed), 1));
                    double time = Median(device, copies, i =>
                    {
                        if (transposed)
                        {
                            GpuMatmul.MultiplyTransposed(device, weights[i].Device, y.Address, m, x.Address, default, scratch.Address);
                        }
                        else
                        {
                            GpuMatmul.Multiply(device, weights[i].Device, x.Address, m, y.Address, default, scratch.Address);
                        }
                    });
                    Line(transposed ? "backward" : "forward", n, k, m, GpuMatmul.Choose(first.Device, m, 0, transposed, device.Multiprocessors).Kernel, time);
                }
            }
            Array.ForEach(weights[1..], weight => weight.Dispose());
        }
    }

    // What the memory gives to a copy of 1 GiB: read and written.
    private static void Copy(GpuDevice device)
    {
        const long Bytes = 1L << 30;
        using DeviceMemory from = new(device, Bytes), to = new(device, Bytes);
        double time = Median(device, 4, _ => to.CopyFrom(from));
        Console.WriteLine($$"""{"what": "copy", "us": {{Invariant(time)}}, "GB_s": {{Invariant(2 * Bytes / time / 1000)}}}""");
    }

    private static DeviceMemory Zeros(GpuDevice device, long bytes)
    {
        var memory = new DeviceMemory(device, bytes);
        memory.Write<byte>(new byte[bytes]);
        return memory;
    }

    private static double Median(GpuDevice device, int copies, Action<int> run)
    {
        using var timer = new GpuTimer(device);
        for (int i = 0; i < copies; i++)
        {
            run(i);
        }
        device.Synchronize();
        double[] rounds = new double[7];
        foreach (ref double round in rounds.AsSpan())
        {
            timer.Start();
            for (int i = 0; i < copies; i++)
            {
                run(i);
            }
            round = timer.Stop() / copies;
        }
        Array.Sort(rounds);
        return rounds[3];
    }

    private static void Line(string what, int n, int k, int m, string kernel, double time)
    {
        double bytes = (double)n * k / 2 * (1 + 1 / 32.0);
        double flops = 2.0 * m * n * k;
        Console.WriteLine($$"""{"what": "{{what}}", "n": {{n}}, "k": {{k}}, "m": {{m}}, "kernel": "{{kernel}}", "us": {{Invariant(time)}}, "code_GB_s": {{Invariant(bytes / time / 1000)}}, "TFLOP_s": {{Invariant(flops / time / 1e6)}}}""");
    }

    private static string Invariant(double value) => value.ToString("F2", System.Globalization.CultureInfo.InvariantCulture);
}

using QLoraGen.Kernels;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.GpuCheck;

/// <summary>Every kernel against the CPU, on fresh random inputs: products in float64, formats to the bit.</summary>
internal sealed class Checks(GpuDevice device, int seed)
{
    private readonly Random random = new(seed);
    private int passed, failed;

    /// <summary>Whether all hold.</summary>
    public bool Run()
    {
        Console.WriteLine($"seed {seed}");
        foreach (QuantFormat format in (QuantFormat[])
            [new(QuantType.NF4), new(QuantType.NF4, 32), new(QuantType.FP4, 128, false), new(QuantType.INT4, 64, false), new(QuantType.NF4, 4096)])
        {
            foreach ((int n, int k) in ((int, int)[])[(4096, 4096), (1000, 4096), (136, 8192), (11, 200), (257, 4096)])
            {
                using var weight = new RandomWeight(device, format, n, k, random);
                Dequantize(weight, $"{format.Type}/{format.BlockSize}{(format.DoubleQuant ? " double" : "")} [{n}, {k}]");
                foreach (int m in (int[])[1, 2, 3, 4, 5, 16, 31, 64, 100, 129, 700])
                {
                    int rank = random.Next(3) * 8;
                    Product(weight, m, rank, transposed: false);
                    Product(weight, m, rank, transposed: true);
                }
            }
        }
        foreach (QuantType type in (QuantType[])[QuantType.NF4, QuantType.FP4, QuantType.INT4])
        {
            foreach ((int count, int block) in ((int, int)[])[(1 << 20, 64), (100_001, 32), (77_777, 4096)])
            {
                Quantize(type, count, block);
            }
        }
        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0;
    }

    private void Product(RandomWeight weight, int m, int rank, bool transposed)
    {
        GpuWeight w = weight.Device;
        (int inner, int outer) = transposed ? (w.Rows, w.Cols) : (w.Cols, w.Rows);
        GpuChoice choice = GpuMatmul.Choose(w, m, rank, transposed, device.Multiprocessors);
        ushort[] x = Numbers.Halves((long)m * inner, random, 1), h = Numbers.Halves((long)m * rank, random, 0.3f), b = Numbers.Halves((long)rank * outer, random, 0.05f);
        using DeviceMemory dx = Copy(x), dh = Copy(h), db = Copy(b), dy = new(device, 2L * m * outer);
        using var scratch = new DeviceMemory(device, Math.Max(GpuMatmul.ScratchBytes(device, w, m, rank, transposed), 1));
        var adapter = rank == 0 ? default : new GpuAdapter(dh.Address, db.Address, rank);
        if (transposed)
        {
            GpuMatmul.MultiplyTransposed(device, w, dx.Address, m, dy.Address, adapter, scratch.Address);
        }
        else
        {
            GpuMatmul.Multiply(device, w, dx.Address, m, dy.Address, adapter, scratch.Address);
        }
        device.Synchronize();
        ushort[] y = dy.Read<ushort>(m * outer);

        float[] values = weight.Values();
        if (!choice.Kernel.StartsWith("gemv", StringComparison.Ordinal))
        {
            values = [.. values.Select(value => Numbers.ToFloat(Numbers.FromFloat(value)))];
        }
        double worst = 0;
        // Whole rows for few tokens; some results of every row and column tile for many.
        int samples = Math.Min(m * outer, 20_000);
        for (int s = 0; s < samples; s++)
        {
            int at = samples == m * outer ? s : random.Next(m * outer), row = at / outer, column = at % outer;
            double sum = 0, magnitude = 0;
            for (int i = 0; i < inner; i++)
            {
                double product = (double)Numbers.ToFloat(x[row * inner + i]) * values[transposed ? i * outer + column : column * inner + i];
                (sum, magnitude) = (sum + product, magnitude + Math.Abs(product));
            }
            for (int r = 0; r < rank; r++)
            {
                double product = (double)Numbers.ToFloat(h[row * rank + r]) * Numbers.ToFloat(b[transposed ? r * outer + column : column * rank + r]);
                (sum, magnitude) = (sum + product, magnitude + Math.Abs(product));
            }
            double slack = magnitude / (1 << 18);
            float got = Numbers.ToFloat(y[at]), low = Numbers.ToFloat(Numbers.FromFloat((float)(sum - slack))), high = Numbers.ToFloat(Numbers.FromFloat((float)(sum + slack)));
            double beyond = got >= low && got <= high ? Math.Abs(got - sum) / magnitude : double.PositiveInfinity;
            worst = Math.Max(worst, beyond);
        }
        Report(double.IsFinite(worst), $"{choice.Kernel} x{choice.Layers} [{w.Rows}, {w.Cols}] m {m} r {rank}{(transposed ? " transposed" : "")}", $"{worst:E1} of the magnitudes added");
    }

    private void Dequantize(RandomWeight weight, string what)
    {
        ushort[] expected = new ushort[weight.Host.Count];
        Dequantizer.Dequantize(weight.Host, 0, expected);
        using var to = new DeviceMemory(device, 2 * weight.Host.Count);
        GpuDequantizer.Dequantize(device, weight.Device, to.Address);
        device.Synchronize();
        int wrong = to.Read<ushort>(expected.Length).Zip(expected).Count(pair => pair.First != pair.Second);
        Report(wrong == 0, $"dequantize {what}", $"{wrong} of {expected.Length} differ");
    }

    private unsafe void Quantize(QuantType type, int count, int block)
    {
        float[] values = Numbers.Normal(count, random, 0.02f);
        using DeviceMemory from = Copy(values), codes = new(device, (count + 1) / 2), absmax = new(device, 4L * ((count + block - 1) / block));
        GpuQuantizer.QuantizeFloat(device, from.Address, count, type, block, codes.Address, absmax.Address);
        device.Synchronize();

        var format = new QuantFormat(type, block, DoubleQuant: false);
        QuantSlot slot = QuantSlot.At(0, count, format);
        byte[] region = new byte[slot.End];
        fixed (byte* start = region)
        {
            Quantizer.Quantize(values, new QuantizedWeight(start, slot, format, 1, count));
        }
        int wrong = codes.Read<byte>((count + 1) / 2).Zip(region[(int)slot.Codes..]).Count(pair => pair.First != pair.Second)
            + absmax.Read<byte>((int)slot.AbsmaxLength).Zip(region[(int)slot.Absmax..]).Count(pair => pair.First != pair.Second);
        Report(wrong == 0, $"quantize {type}/{block} of {count}", $"{wrong} bytes differ");
    }

    private DeviceMemory Copy<T>(T[] values) where T : unmanaged
    {
        var memory = new DeviceMemory(device, Math.Max(values.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), 1));
        memory.Write<T>(values);
        return memory;
    }

    private void Report(bool holds, string what, string figure)
    {
        _ = holds ? passed++ : failed++;
        Console.WriteLine($"{(holds ? "ok   " : "WRONG")} {what}: {figure}");
    }
}

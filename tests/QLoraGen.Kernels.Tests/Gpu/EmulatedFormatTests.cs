using QLoraGen.Emulation;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Kernels.Tests.Gpu;

/// <summary>The real PTX that dequantizes and quantizes, run by the interpreter: the same bits as on the CPU.</summary>
public sealed class EmulatedFormatTests
{
    [Theory]
    [InlineData("dequantize", 16, 96, 32, true, QuantType.NF4)]
    [InlineData("dequantize", 3, 64, 64, false, QuantType.FP4)]
    [InlineData("dequantize", 40, 172, 64, true, QuantType.INT4)]
    [InlineData("dequantize", 300, 64, 32, true, QuantType.NF4)]
    [InlineData("plain-dequantize", 3, 37, 64, true, QuantType.NF4)]
    [InlineData("plain-dequantize", 1, 1, 32, false, QuantType.FP4)]
    public void Dequantize_gives_the_bits_of_the_CPU(string kernel, int rows, int cols, int block, bool doubleQuant, QuantType type)
    {
        using TestWeight weight = TestWeight.Random(new(type, block, doubleQuant), rows, cols);
        var device = new EmulatedDevice();
        nint to = device.Allocate(new ushort[rows * cols]);
        GpuLaunches.Dequantize(device, device.Copy(weight), to, 0);

        Assert.Equal([kernel], device.Started);
        ushort[] expected = new ushort[rows * cols];
        Dequantizer.Dequantize(weight.View, 0, expected);
        Assert.Equal(expected, device.Read<ushort>(to));
    }

    [Theory]
    [InlineData(QuantType.NF4, 64, 4096)]
    [InlineData(QuantType.NF4, 32, 1001)]
    [InlineData(QuantType.FP4, 64, 4095)]
    [InlineData(QuantType.FP4, 4096, 5000)]
    [InlineData(QuantType.INT4, 64, 4096)]
    [InlineData(QuantType.INT4, 128, 77)]
    public void Quantize_gives_the_bits_of_the_CPU(QuantType type, int block, int count)
    {
        float[] values = Values.Normal(count, seed: 5, 0.02f);
        (values[3], values[5], values[7], values[11]) = (0, -0f, 1e-42f, 0.02f * 8);
        Array.Clear(values, 0, count > 2 * block ? block : 0);   // a block of zeros
        CheckQuantized(values, type, block, isFloat: true);
    }

    [Theory]
    [InlineData(QuantType.NF4)]
    [InlineData(QuantType.FP4)]
    [InlineData(QuantType.INT4)]
    public void Quantize_takes_bfloat16(QuantType type) =>
        CheckQuantized([.. Values.Normal(2000, seed: 6).Select(value => Product.Float(ScalarDecoder.BFloat16(value)))], type, 64, isFloat: false);

    [Theory]
    [InlineData(QuantType.NF4)]
    [InlineData(QuantType.FP4)]
    [InlineData(QuantType.INT4)]
    public void Quantize_sends_values_on_a_threshold_the_same_way(QuantType type)
    {
        float[] thresholds = type == QuantType.NF4 ? EncoderTables.NF4Midpoints
            : type == QuantType.FP4 ? EncoderTables.FP4Midpoints.ToArray() : [.. Enumerable.Range(-7, 14).Select(q => (q + 0.5f) / 7)];
        float[] values = [1, .. thresholds, .. thresholds.Select(MathF.BitIncrement), .. thresholds.Select(MathF.BitDecrement), .. thresholds.Select(t => -t)];
        CheckQuantized([.. values, .. new float[64 - values.Length % 64]], type, 4096, isFloat: true);
        CheckQuantized([.. values, .. new float[64 - values.Length % 64]], type, 64, isFloat: true);
    }

    private static void CheckQuantized(float[] values, QuantType type, int block, bool isFloat)
    {
        var device = new EmulatedDevice();
        nint from = isFloat ? device.Allocate(values) : device.Allocate<ushort>([.. values.Select(ScalarDecoder.BFloat16)]);
        nint codes = device.Allocate(new byte[(values.Length + 1) / 2]), absmax = device.Allocate(new float[(values.Length + block - 1) / block]);
        GpuQuantizer.Quantize(device, isFloat, from, values.Length, type, block, codes, absmax, 0);

        using var expected = new TestWeight(new(type, block, DoubleQuant: false), 1, values.Length);
        Quantizer.Quantize(values, expected.View);
        Assert.Equal(0, Values.Mismatches<float>(expected.AbsmaxValues, device.Read<float>(absmax)));
        Assert.Equal(0, Values.Mismatches<byte>(expected.Codes, device.Read<byte>(codes)));
    }
}

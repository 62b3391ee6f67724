using QLoraGen.Kernels.Gpu;
using QLoraGen.Emulation;
using Xunit.Abstractions;

namespace QLoraGen.Kernels.Tests.Gpu;

/// <summary>The real PTX of every product kernel, run by the interpreter against float64 sums.</summary>
public sealed class EmulatedProductTests(ITestOutputHelper output)
{
    /// <summary>kernel, m, n, k, block size, double quantization, type, rank, multiprocessors, parts of the sum.</summary>
    public static TheoryData<string, int, int, int, int, bool, QuantType, int, int, int> Forward => new()
    {
        { "gemv-1", 1, 9, 1024, 64, true, QuantType.NF4, 0, 1, 1 },
        { "gemv-1", 1, 4, 4224, 128, true, QuantType.FP4, 16, 1, 1 },
        { "gemv-1", 1, 5, 96, 32, false, QuantType.INT4, 5, 1, 1 },
        { "gemv-2", 2, 6, 1088, 64, false, QuantType.NF4, 64, 1, 1 },
        { "gemv-4", 3, 7, 4096, 4096, true, QuantType.NF4, 8, 1, 1 },
        { "gemv-4", 4, 8, 128, 32, true, QuantType.FP4, 200, 1, 1 },
        { "tile-forward-16", 5, 130, 64, 64, true, QuantType.NF4, 0, 1, 1 },
        { "tile-forward-16", 16, 33, 576, 64, false, QuantType.NF4, 8, 1, 2 },
        { "tile-forward-16", 16, 16, 1024, 32, true, QuantType.FP4, 16, 4, 4 },
        { "tile-forward-32", 17, 129, 320, 32, false, QuantType.INT4, 24, 1, 1 },
        { "tile-forward-32", 32, 20, 512, 512, true, QuantType.NF4, 0, 1, 2 },
        { "tile-forward-64", 40, 24, 448, 64, true, QuantType.NF4, 72, 1, 1 },
        { "tile-forward-64", 64, 130, 256, 128, true, QuantType.FP4, 0, 1, 1 },
        { "tile-forward-128", 65, 136, 192, 64, true, QuantType.NF4, 16, 1, 1 },
        { "tile-forward-128", 131, 40, 384, 32, false, QuantType.NF4, 0, 1, 1 },
        { "plain-multiply", 3, 5, 37, 64, true, QuantType.NF4, 3, 1, 1 },
        { "plain-multiply", 9, 11, 96, 64, false, QuantType.FP4, 0, 1, 1 },
        { "plain-multiply", 9, 16, 64, 64, true, QuantType.INT4, 4, 1, 1 },
    };

    /// <summary>kernel, m, n, k, block size, double quantization, type, rank, multiprocessors, parts of the sum.</summary>
    public static TheoryData<string, int, int, int, int, bool, QuantType, int, int, int> Backward => new()
    {
        { "tile-backward-16", 1, 64, 128, 64, true, QuantType.NF4, 0, 1, 1 },
        { "tile-backward-16", 16, 200, 192, 64, false, QuantType.NF4, 8, 1, 1 },
        { "tile-backward-16", 7, 1024, 64, 32, true, QuantType.FP4, 16, 4, 4 },
        { "tile-backward-32", 17, 72, 320, 32, false, QuantType.INT4, 24, 1, 1 },
        { "tile-backward-32", 32, 8, 512, 512, true, QuantType.NF4, 0, 1, 1 },
        { "tile-backward-64", 40, 136, 64, 64, true, QuantType.NF4, 72, 1, 1 },
        { "tile-backward-128", 65, 136, 192, 64, true, QuantType.NF4, 16, 1, 1 },
        { "tile-backward-128", 131, 320, 128, 32, true, QuantType.NF4, 0, 1, 1 },
        { "plain-multiply-transposed", 3, 5, 37, 64, true, QuantType.NF4, 3, 1, 1 },
        { "plain-multiply-transposed", 5, 9, 64, 64, false, QuantType.FP4, 0, 1, 1 },
    };

    [Fact]
    public void A_tile_without_a_barrier_is_a_race()
    {
        PtxFault fault = Assert.Throws<PtxFault>(() => Check(
            new EmulatedDevice { Change = ptx => ptx.Replace("bar.sync", "// bar.sync", StringComparison.Ordinal) },
            "tile-forward-16", 16, 16, 128, new(QuantType.NF4), 0, 1, transposed: false));
        Assert.Contains("Race", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemv-1", 1, "0x780", "0x700")]
    [InlineData("tile-forward-16", 16, "0xD9C8", "0xD8C9")]
    [InlineData("tile-forward-16", 16, "0x4051", "0x4150")]
    public void A_wrong_constant_gives_a_wrong_product(string kernel, int m, string right, string wrong)
    {
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Check(
            new EmulatedDevice { Change = ptx => ptx.Replace(right, wrong, StringComparison.Ordinal) },
            kernel, m, 16, 128, new(QuantType.NF4), 0, 1, transposed: false));
    }

    [Theory]
    [MemberData(nameof(Forward))]
    public void Multiply_is_x_times_W_transposed_plus_the_adapter(
        string kernel, int m, int n, int k, int block, bool doubleQuant, QuantType type, int rank, int multiprocessors, int layers) =>
        Check(kernel, m, n, k, new(type, block, doubleQuant), rank, multiprocessors, layers, transposed: false);

    [Theory]
    [MemberData(nameof(Backward))]
    public void MultiplyTransposed_is_gy_times_W_plus_the_adapter(
        string kernel, int m, int n, int k, int block, bool doubleQuant, QuantType type, int rank, int multiprocessors, int layers) =>
        Check(kernel, m, n, k, new(type, block, doubleQuant), rank, multiprocessors, layers, transposed: true);

    private void Check(string kernel, int m, int n, int k, QuantFormat format, int rank, int multiprocessors, int layers, bool transposed) =>
        Check(new EmulatedDevice { Multiprocessors = multiprocessors }, kernel, m, n, k, format, rank, layers, transposed);

    private void Check(EmulatedDevice device, string kernel, int m, int n, int k, QuantFormat format, int rank, int layers, bool transposed)
    {
        using var product = new Product(format, m, n, k, rank, transposed);
        GpuWeight w = device.Copy(product.Weight);
        nint y = device.Allocate(new ushort[product.Length]);
        long scratch = GpuMatmul.ScratchBytes(device, w, m, rank, transposed);
        var adapter = rank == 0 ? default : new GpuAdapter(device.Allocate(product.H), device.Allocate(product.B), rank);
        GpuMatmul.Run(device, w, device.Allocate(product.X), m, y, adapter, scratch == 0 ? 0 : device.Allocate(new byte[scratch]), 0, transposed);

        string[] expected = layers > 1 ? [kernel, "sum"] : [kernel];
        Assert.Equal(expected, device.Started);
        Assert.Equal(layers > 1 ? 4L * layers * product.Length : 0, scratch);
        (double worst, int off) = product.Check(device.Read<ushort>(y), rounded: !kernel.StartsWith("gemv", StringComparison.Ordinal));
        output.WriteLine($"{kernel} m {m} n {n} k {k} {format.Type}/{format.BlockSize}{(format.DoubleQuant ? " double" : "")} r {rank}: {worst:E2}, {off} of {product.Length} off by a step");
    }
}

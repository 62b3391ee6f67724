using QLoraGen.Emulation;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Kernels.Tests.Gpu;

/// <summary>Which kernel a product takes, and what is refused.</summary>
public sealed class GpuMatmulTests
{
    private const int H100 = 132;

    [Theory]
    [InlineData(1, false, "gemv-1", 1)]
    [InlineData(2, false, "gemv-2", 1)]
    [InlineData(3, false, "gemv-4", 1)]
    [InlineData(5, false, "tile-forward-16", 11)]   // 32 tiles for 396 places
    [InlineData(17, false, "tile-forward-32", 11)]
    [InlineData(64, false, "tile-forward-64", 8)]
    [InlineData(65, false, "tile-forward-128", 8)]
    [InlineData(4096, false, "tile-forward-128", 1)]
    [InlineData(1, true, "tile-backward-16", 11)]
    [InlineData(4096, true, "tile-backward-128", 1)]
    public void The_kernel_goes_by_the_rows(int m, bool transposed, string kernel, int layers)
    {
        GpuChoice choice = GpuMatmul.Choose(Weight(4096, 4096), m, 16, transposed, H100);
        Assert.Equal((kernel, layers), (choice.Kernel, choice.Layers));
        Assert.Contains($"{m}", choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, 172, 64, 8, 0, false, "172")]
    [InlineData(64, 192, 128, 8, 0, false, "whole blocks")]
    [InlineData(64, 64, 64, 9, 0, false, "rank 9")]
    [InlineData(63, 64, 64, 8, 0, true, "63 rows")]
    [InlineData(64, 64, 64, 8, 4, false, "aligned")]
    public void A_shape_without_a_fast_path_takes_the_plain_kernel_and_says_why(
        int n, int k, int block, int rank, int misaligned, bool transposed, string reason)
    {
        GpuChoice choice = GpuMatmul.Choose(new(new(QuantType.NF4, block), n, k, misaligned, 0), 16, rank, transposed, H100);
        Assert.Equal(transposed ? "plain-multiply-transposed" : "plain-multiply", choice.Kernel);
        Assert.Equal(1, choice.Layers);
        Assert.Contains(reason, choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(448)]
    [InlineData(4096)]
    [InlineData(14336)]
    [InlineData(28672)]
    public void No_layer_is_empty_and_together_they_are_the_whole(int k)
    {
        for (int m = 5; m < 600; m += 17)
        {
            int layers = GpuMatmul.Choose(Weight(1024, k), m, 0, false, H100).Layers, steps = k / TileShape.Depth, each = GpuMatmul.Up(steps, layers);
            Assert.InRange(steps, (layers - 1) * each + 1, layers * each);
        }
    }

    [Fact]
    public void No_rows_start_nothing()
    {
        var device = new EmulatedDevice();
        GpuMatmul.Run(device, Weight(64, 64), 0, 0, 0, default, 0, 0, transposed: false);
        Assert.Empty(device.Started);
    }

    [Fact]
    public void What_cannot_be_is_refused_before_anything_starts()
    {
        var device = new EmulatedDevice { Multiprocessors = H100 };
        GpuWeight w = Weight(4096, 4096);
        Assert.Throws<ArgumentOutOfRangeException>(() => GpuMatmul.Run(device, w, 0, -1, 0, default, 0, 0, transposed: false));
        Assert.Contains("16 bytes", Assert.Throws<ArgumentException>(() => GpuMatmul.Run(device, w, 8, 1, 16, default, 0, 0, transposed: false)).Message, StringComparison.Ordinal);
        Assert.Contains("scratch", Assert.Throws<ArgumentException>(() => GpuMatmul.Run(device, w, 16, 16, 16, default, 0, 0, transposed: false)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new GpuWeight(new(QuantType.NF4, 48), 64, 64, 0, 0));
        Assert.Throws<ArgumentException>(() => new GpuWeight(0, QuantSlot.At(0, 64, new(QuantType.NF4)), new(QuantType.NF4), 64, 64));
        Assert.Empty(device.Started);
    }

    [Fact]
    public void Where_there_is_no_device_opening_one_says_why()
    {
        if (GpuDevice.WhyNone is { } why)
        {
            CudaException refused = Assert.Throws<CudaException>(() => GpuDevice.Open());
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
            Assert.Equal(-1, refused.Code);
        }
        else
        {
            Assert.True(GpuDevice.Open().Architecture >= PtxCompiler.OldestArchitecture);
        }
    }

    private static GpuWeight Weight(int n, int k) => new(new(QuantType.NF4), n, k, 0, 0);
}

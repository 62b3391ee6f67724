using QLoraGen.Emulation;
using QLoraGen.Kernels.Gpu;
using TorchSharp;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>A layer whose weight lies on a device, its kernels run by the interpreter, beside the same layer on the CPU.</summary>
public sealed class DeviceProductTests
{
    // bf16 has 8 bits: activations, the adapter's factors and the result are each rounded once.
    private const double Tolerance = 0.02;

    [Theory]
    [InlineData(1, 64, 24, 0)]      // a token: matrix by vector
    [InlineData(9, 128, 40, 8)]     // tiles
    [InlineData(9, 128, 40, 5)]     // a rank that the kernels do not have
    [InlineData(3, 43, 10, 4)]      // rows that are not whole blocks
    public void A_linear_layer_gives_the_cpus_result_and_gradients(int m, int k, int n, int rank)
    {
        (Tensor y, Tensor[] gradients) = Run(m, k, n, rank, device: null);
        var device = new EmulatedDevice(sharesMemory: true);
        (Tensor onDevice, Tensor[] gradientsOnDevice) = Run(m, k, n, rank, device);
        Assert.NotEmpty(device.Started);
        Near(y, onDevice);
        Assert.All(gradients.Zip(gradientsOnDevice), static pair => Near(pair.First, pair.Second));
    }

    [Fact]
    public void Many_rows_are_libtorchs_product_with_the_dequantized_weight()
    {
        var device = new EmulatedDevice(sharesMemory: true);
        (Tensor y, _) = Run(GpuMatmul.DequantizeFrom, 64, 16, 8, device);
        Assert.Equal(["dequantize", "dequantize"], device.Started);   // forward and backward
        Near(Run(GpuMatmul.DequantizeFrom, 64, 16, 8, device: null).Y, y);
    }

    [Fact]
    public void A_model_without_weights_is_not_moved()
    {
        using var model = new OneLinear(64, 8);
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => model.to(DeviceType.CUDA));
        Assert.Contains("load them first", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_not_there_is_said_to_be_missing_and_the_model_still_computes()
    {
        if (GpuDevice.WhyNone is not { } why)
        {
            return;   // there is one
        }
        using OneLinear model = OneLinear.Loaded(64, 8, new QuantFormat(QuantType.NF4));
        CudaException e = Assert.Throws<CudaException>(() => model.to(DeviceType.CUDA));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Equal(DeviceType.CPU, model.Device.type);
        Assert.Equal(8, model.Linear.Forward(ones(1, 64)).shape[1]);
    }

    [Fact]
    public void Frozen_weights_are_not_converted()
    {
        using OneLinear model = OneLinear.Loaded(64, 8, new QuantFormat(QuantType.NF4));
        Assert.Throws<NotSupportedException>(() => model.to(ScalarType.BFloat16));
    }

    private static (Tensor Y, Tensor[] Gradients) Run(int m, int k, int n, int rank, EmulatedDevice? device)
    {
        using OneLinear model = OneLinear.Loaded(k, n, new QuantFormat(QuantType.NF4));
        if (device is not null)
        {
            model.Linear.Weight.Arrive(new DeviceProduct(device));
        }
        if (rank > 0)
        {
            AdapterArena arena = model.AddAdapters(new LoraConfig { R = rank, LoraAlpha = 2 * rank, TargetModules = ["linear"] }, seed: 3);
            using var _ = no_grad();
            arena.Adapters[0].B.copy_(tensor(OneLinear.Values(n * rank, 5)).view(n, rank));
        }
        Tensor x = tensor(OneLinear.Values(m * k, 4)).view(m, k).requires_grad_();
        Tensor y = model.Linear.Forward(x);
        Autograd.Backward((y * tensor(OneLinear.Values(m * n, 6)).view(m, n)).sum());
        Tensor[] gradients = [x.grad!, .. model.Adapters?.Parameters.Select(static parameter => parameter.grad!.clone()) ?? []];
        return (y.detach(), gradients);
    }

    private static void Near(Tensor expected, Tensor actual) =>
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, Tolerance * expected.abs().max().item<float>());
}

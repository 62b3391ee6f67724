using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks;

/// <summary>A normal random weight [n, k], quantized, and dequantized as a dense tensor.</summary>
internal sealed unsafe class RandomWeight : IDisposable
{
    private readonly FrozenRegion region;

    public RandomWeight(int n, int k)
    {
        var format = new QuantFormat(QuantType.NF4);
        var layer = new Linear(k, n);
        Tensor = layer.Weight;
        var entry = new LayoutEntry("weight", Tensor, format, default, QuantSlot.At(0, (long)n * k, format));
        region = FrozenRegion.Allocate(entry.Slot.End);
        Tensor.Place(region, entry);
        using Tensor values = randn(n, k) * 0.02;
        Quantizer.Quantize(new ReadOnlySpan<float>(TensorMemory.Floats(values), n * k), Tensor.Quantized);
        Dense = empty(n, k);
        Tensor.ReadRows(0, Dense);
    }

    public FrozenTensor Tensor { get; }

    public Tensor Dense { get; }

    public void Dispose()
    {
        Dense.Dispose();
        region.Dispose();
    }
}

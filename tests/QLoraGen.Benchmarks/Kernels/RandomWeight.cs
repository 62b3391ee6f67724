using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks.Kernels;

/// <summary>A normal random weight [n, k], quantized, and dequantized as a dense tensor.</summary>
internal sealed unsafe class RandomWeight : IDisposable
{
    public RandomWeight(int n, int k)
    {
        var format = new QuantFormat(QuantType.NF4);
        var layer = new Linear(k, n);
        Tensor = layer.Weight;
        var entry = new LayoutEntry("weight", Tensor, format, default, QuantSlot.At(0, (long)n * k, format));
        Slot = entry.Slot;
        Region = FrozenRegion.Allocate(Slot.End);
        Tensor.Place(Region, entry);
        using Tensor values = randn(n, k) * 0.02;
        Quantizer.Quantize(new ReadOnlySpan<float>(TensorMemory.Floats(values), n * k), Tensor.Quantized);
        Dense = empty(n, k).DetachFromDisposeScope();
        Tensor.ReadRows(0, Dense);
    }

    public FrozenTensor Tensor { get; }

    public QuantSlot Slot { get; }

    public FrozenRegion Region { get; }

    public Tensor Dense { get; }

    public void Dispose()
    {
        Dense.Dispose();
        Region.Dispose();
    }
}

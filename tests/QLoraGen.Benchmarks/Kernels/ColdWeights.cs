using QLoraGen.Kernels;
using static TorchSharp.torch;

namespace QLoraGen.Benchmarks.Kernels;

/// <summary>Copies of a weight, more than any cache holds, taken in turn.</summary>
internal sealed unsafe class ColdWeights : IDisposable
{
    private const long Bytes = 640L << 20;

    private readonly FrozenRegion[] regions;
    private readonly Tensor[] dense;
    private readonly RandomWeight weight;
    private int region, tensor;

    public ColdWeights(RandomWeight weight)
    {
        this.weight = weight;
        regions = new FrozenRegion[Bytes / weight.Region.Length + 1];
        for (int i = 0; i < regions.Length; i++)
        {
            regions[i] = FrozenRegion.Allocate(weight.Region.Length);
            Buffer.MemoryCopy(weight.Region.Pointer, regions[i].Pointer, regions[i].Length, weight.Region.Length);
        }
        dense = [.. Enumerable.Range(0, (int)(Bytes / (4 * weight.Tensor.Count)) + 1).Select(_ => weight.Dense.clone().DetachFromDisposeScope())];
    }

    /// <summary>The next copy, in 4 bits.</summary>
    public QuantizedWeight Quantized =>
        new(Next().Pointer, weight.Slot, weight.Tensor.Quantized.Format, weight.Tensor.Quantized.Rows, weight.Tensor.Quantized.Cols);

    /// <summary>The next copy, in fp32.</summary>
    public Tensor Dense => dense[tensor = (tensor + 1) % dense.Length];

    /// <summary>The next copy's memory.</summary>
    public FrozenRegion Next() => regions[region = (region + 1) % regions.Length];

    public void Dispose()
    {
        Array.ForEach(regions, static region => region.Dispose());
        Array.ForEach(dense, static tensor => tensor.Dispose());
    }
}

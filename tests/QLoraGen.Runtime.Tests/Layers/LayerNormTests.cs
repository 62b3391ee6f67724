using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

public sealed class LayerNormTests
{
    private const int Width = 12, Rows = 5;

    [Theory]
    [InlineData(1e-5)]
    [InlineData(0.5)]
    public unsafe void Rows_lose_their_mean_and_are_divided_by_their_deviation(double eps)
    {
        using var scope = NewDisposeScope();
        float[] values = OneLinear.Values(Rows * Width, 1), weight = OneLinear.Values(Width, 2), bias = OneLinear.Values(Width, 3);
        var norm = new LayerNorm(Width, eps);
        QuantStateLayout layout = new(null, static _ => TensorDType.F32);
        layout.Dense("weight", norm.Weight);
        layout.Dense("bias", norm.Bias);
        FrozenRegion region = FrozenRegion.Allocate(layout.Length);   // for the life of the process: a few bytes
        foreach (LayoutEntry entry in layout.Entries)
        {
            entry.Tensor.Place(region, entry);
            entry.Tensor.Publish();
            (entry.Name == "weight" ? weight : bias).CopyTo(new Span<float>((void*)TensorMemory.Pointer(entry.Tensor.Dense!), Width));
        }
        float[] normed = [.. norm.Forward(tensor(values).view(Rows, Width)).data<float>()];
        for (int i = 0; i < values.Length; i++)
        {
            double[] row = [.. values.Skip(i / Width * Width).Take(Width).Select(static value => (double)value)];
            double variance = row.Sum(v => (v - row.Average()) * (v - row.Average())) / Width;
            Assert.Equal(((values[i] - row.Average()) / Math.Sqrt(variance + eps) * weight[i % Width]) + bias[i % Width], normed[i], 1e-5);
        }
    }
}

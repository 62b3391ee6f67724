using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

public sealed class RMSNormTests
{
    private const int Width = 12, Rows = 5;

    [Theory]
    [InlineData(1e-5, 1f)]
    [InlineData(0.5, 1f)]
    [InlineData(1e-6, 1e-4f)]   // eps is a part of what divides
    public void Rows_are_divided_by_their_root_mean_square(double eps, float size)
    {
        using var scope = NewDisposeScope();
        float[] values = [.. OneLinear.Values(Rows * Width, 1).Select(value => value * size)], weight = OneLinear.Values(Width, 2);
        float[] normed = [.. Norm(weight, eps).Forward(tensor(values).view(Rows, Width)).data<float>()];
        for (int i = 0; i < values.Length; i++)
        {
            double[] row = [.. values.Skip(i / Width * Width).Take(Width).Select(static value => (double)value)];
            double expected = values[i] / Math.Sqrt((row.Sum(static v => v * v) / Width) + eps) * weight[i % Width];
            Assert.Equal(expected, normed[i], 1e-5);
        }
    }

    [Fact]
    public void The_gradient_is_that_of_the_formula()
    {
        using var scope = NewDisposeScope();
        float[] weight = OneLinear.Values(Width, 2);
        Tensor x = tensor(OneLinear.Values(Rows * Width, 1)).view(Rows, Width).requires_grad_();
        Tensor x64 = x.detach().to(ScalarType.Float64).requires_grad_(), weight64 = tensor(weight).to(ScalarType.Float64);
        Norm(weight, 1e-5).Forward(x).tanh().sum().backward();
        (x64 / ((x64 * x64).sum(-1, keepdim: true) / Width + 1e-5).sqrt() * weight64).tanh().sum().backward();
        Assert.InRange((x.grad! - x64.grad!).abs().max().item<double>(), 0, 1e-5);
    }

    private static unsafe RMSNorm Norm(float[] weight, double eps)
    {
        var norm = new RMSNorm(Width, eps);
        QuantStateLayout layout = new(null, static _ => TensorDType.F32);
        layout.Dense("weight", norm.Weight);
        FrozenRegion region = FrozenRegion.Allocate(layout.Length);   // for the life of the process: a few bytes
        norm.Weight.Place(region, layout.Entries[0]);
        norm.Weight.Publish();
        weight.CopyTo(new Span<float>((void*)TensorMemory.Pointer(norm.Weight.Dense!), Width));
        return norm;
    }
}

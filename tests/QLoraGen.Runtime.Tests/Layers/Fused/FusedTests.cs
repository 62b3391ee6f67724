using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>Each fused pass, and its gradients, against libtorch's operations in double precision.</summary>
public sealed class FusedTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 7)]
    [InlineData(5, 64)]
    [InlineData(300, 131)]
    public void A_norm(int rows, int width)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        Tensor x = randn(2, rows, width), weight = randn(width);
        const double eps = 1e-5;

        Agree(
            [x], x => FusedNorm.Apply(x[0], weight, eps),
            x => x[0] * (x[0].square().mean([-1], keepdim: true) + eps).rsqrt() * weight.to(ScalarType.Float64));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(40_009)]
    public void A_gate(int count)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        Tensor gate = randn(count) * 10, up = randn(count);

        Agree([gate, up], x => FusedGate.Apply(x[0], x[1]), x => nn.functional.silu(x[0]) * x[1]);
    }

    [Fact]
    public void A_gate_far_from_zero_is_closed_or_open()
    {
        using var scope = NewDisposeScope();
        Tensor y = FusedGate.Apply(tensor([-1e4f, -200, 200, 1e4f, -1e4f, -200, 200, 1e4f, -1e4f]), ones(9));

        Assert.Equal([0, 0, 200, 1e4f, 0, 0, 200, 1e4f, 0], y.data<float>().Select(static value => value + 0f));
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(16, 16)]
    [InlineData(64, 16)]
    [InlineData(6, 2)]
    [InlineData(22, 22)]
    public void A_rotation_of_heads_as_they_lie_in_a_row_of_tokens(int headDim, int width)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        Tensor x = randn(2, 5, 3, headDim);
        Rotation rotation = new RotaryEmbedding(width, 10_000).At(4, 5);

        Agree(
            [x], x => FusedRotation.Apply(x[0].transpose(1, 2), rotation),
            x => Rotated(x[0].transpose(1, 2), rotation.Cos.to(ScalarType.Float64), rotation.Sin.to(ScalarType.Float64)));
    }

    [Fact]
    public void What_has_no_gradient_keeps_none()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor x = randn(2, 3, 4, 8, requires_grad: true);

        Assert.False(FusedNorm.Apply(x, ones(8), 1e-5).requires_grad);
        Assert.False(FusedGate.Apply(x, x).requires_grad);
        Assert.False(FusedRotation.Apply(x, new RotaryEmbedding(8, 10_000).At(0, 4)).requires_grad);
    }

    private static Tensor Rotated(Tensor x, Tensor cos, Tensor sin)
    {
        long width = cos.shape[^1], half = width / 2;
        Tensor turned = x.narrow(-1, 0, width), other = cat([-turned.narrow(-1, half, half), turned.narrow(-1, 0, half)], -1);
        return cat([(turned * cos) + (other * sin), x.narrow(-1, width, x.shape[^1] - width)], -1);
    }

    private static void Agree(Tensor[] inputs, Func<Tensor[], Tensor> fused, Func<Tensor[], Tensor> reference)
    {
        Tensor[] own = [.. inputs.Select(static input => input.detach().clone().requires_grad_())];
        Tensor[] wide = [.. inputs.Select(static input => input.to(ScalarType.Float64).requires_grad_())];
        Tensor y = fused(own), expected = reference(wide), gradient = randn(expected.shape);
        Autograd.Backward(y, gradient);
        expected.backward([gradient.to(ScalarType.Float64)]);

        Close(y, expected);
        Assert.All(own.Zip(wide), static pair => Close(pair.First.grad!, pair.Second.grad!));
    }

    private static void Close(Tensor found, Tensor expected)
    {
        Assert.Equal(expected.shape, found.shape);
        Assert.InRange((found - expected).abs().max().item<double>(), 0, 2e-6 * Math.Max(1, expected.abs().max().item<double>()));
    }
}

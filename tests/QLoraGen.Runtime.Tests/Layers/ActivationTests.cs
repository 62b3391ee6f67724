using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

public sealed class ActivationTests
{
    [Theory]
    [InlineData("silu", 0.7310586)]
    [InlineData("swish", 0.7310586)]
    [InlineData("gelu", 0.8413447)]
    [InlineData("gelu_new", 0.8411920)]
    [InlineData("gelu_fast", 0.8411920)]
    [InlineData("gelu_pytorch_tanh", 0.8411920)]
    [InlineData("relu", 1)]
    public void A_name_stands_for_its_function(string name, double atOne)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(atOne, new Activation(name).Apply(tensor(1f)).item<float>(), 1e-6);
        Assert.Contains(name, Activation.Names);
    }

    [Fact]
    public void A_name_that_is_not_known_is_refused_with_those_that_are() =>
        Assert.Equal(
            "'mish' is no activation that is computed here: silu, swish, gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, relu are.",
            Assert.Throws<QLoraException>(() => new Activation("mish")).Message);
}

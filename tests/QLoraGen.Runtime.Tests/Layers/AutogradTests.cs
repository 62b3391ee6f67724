using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

[Collection(AloneWithTorch.Name)]
public sealed class AutogradTests
{
    [Fact]
    public void An_error_in_a_backward_pass_is_thrown_and_the_next_pass_works()
    {
        using var scope = NewDisposeScope();
        using OneLinear broken = OneLinear.Loaded(64, 8, null, TensorDType.BF16), whole = OneLinear.Loaded(64, 8, null, TensorDType.BF16);
        Tensor x = ones(6, 64).requires_grad_();
        Tensor loss = broken.Forward(x).sum();
        broken.Linear.Weight.Dense!.Dispose();   // what the backward pass needs

        Exception error = Assert.ThrowsAny<Exception>(() => Autograd.Backward(loss));
        Assert.Contains(nameof(FrozenLinear), error.StackTrace);   // where it happened, not where it was thrown again

        Autograd.Backward(whole.Forward(x).sum());
        Assert.True(x.grad!.abs().max().item<float>() > 0);
    }

    [Fact]
    public void An_error_stays_with_its_pass_where_libtorch_fails_too()
    {
        using var scope = NewDisposeScope();
        Autograd.Fail(new InvalidOperationException("first"));
        Exception error = Assert.ThrowsAny<Exception>(() => Autograd.Backward(ones(2)));   // nothing here requires grad
        Assert.Equal("first", error.Message);
        Tensor x = ones(2).requires_grad_();
        Autograd.Backward(x.sum());
        Assert.Equal([1f, 1f], x.grad!.data<float>().ToArray());
    }
}

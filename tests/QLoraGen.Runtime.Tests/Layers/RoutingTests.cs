using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>The mixture of experts against one that runs every expert on every token.</summary>
public sealed class RoutingTests
{
    private const int Tokens = 9, Hidden = 4, Experts = 5;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(5, true)]
    public void A_token_is_the_weighted_sum_of_its_experts(int top, bool normalize)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor logits) = Inputs();
        AssertNear(Everywhere(x, logits, top, normalize), Routing.Mix(x, logits, top, normalize, Expert), 1e-6);
    }

    [Fact]
    public void An_expert_is_given_its_own_tokens_alone()
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor logits) = Inputs();
        long given = 0;
        List<int> asked = [];
        Routing.Mix(x, logits.index_fill(1, tensor(2L), -100), top: 2, normalize: true, (expert, tokens) =>
        {
            asked.Add(expert);
            given += tokens.shape[0];
            return tokens;
        });
        Assert.Equal(2 * Tokens, given);
        Assert.DoesNotContain(2, asked);   // nobody's choice
        Assert.Equal(asked.Distinct().Order(), asked);
    }

    [Fact]
    public void Gradients_reach_the_tokens_and_the_router()
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor logits) = Inputs();
        (Tensor otherX, Tensor otherLogits) = (x.clone().requires_grad_(), logits.clone().requires_grad_());
        (x, logits) = (x.requires_grad_(), logits.requires_grad_());
        Routing.Mix(x, logits, 2, normalize: true, Expert).tanh().sum().backward();
        Everywhere(otherX, otherLogits, 2, normalize: true).tanh().sum().backward();
        AssertNear(otherX.grad!, x.grad!, 1e-6);
        AssertNear(otherLogits.grad!, logits.grad!, 1e-6);
        Assert.True(logits.grad!.abs().max().item<float>() > 1e-3);
    }

    private static (Tensor X, Tensor Logits) Inputs() => (
        tensor(OneLinear.Values(Tokens * Hidden, 1)).view(Tokens, Hidden), tensor(OneLinear.Values(Tokens * Experts, 2)).mul_(3).view(Tokens, Experts));

    private static Tensor Expert(int number, Tensor tokens) => (tokens * (number + 1)).sin() + number;

    private static Tensor Everywhere(Tensor x, Tensor logits, int top, bool normalize)
    {
        Tensor weights = nn.functional.softmax(logits, -1);
        Tensor least = weights.topk(top, -1).values.narrow(-1, top - 1, 1);
        weights = weights * (weights >= least);
        weights = normalize ? weights / weights.sum(-1, keepdim: true) : weights;
        return Enumerable.Range(0, Experts).Select(e => Expert(e, x) * weights.narrow(-1, e, 1)).Aggregate(static (a, b) => a + b);
    }

    private static void AssertNear(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, tolerance);
    }
}

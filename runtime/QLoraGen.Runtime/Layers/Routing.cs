using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>A sparse mixture of experts (arXiv 1701.06538): each token goes through the few that its router likes best.</summary>
public static class Routing
{
    /// <summary>
    /// The sum of each token's experts, weighted by the softmax of its router's logits; an expert computes on its own tokens alone.
    /// Gradients flow through the experts and through the weights.
    /// </summary>
    /// <param name="x">Tokens [..., hidden].</param>
    /// <param name="logits">What the router says of them [..., experts].</param>
    /// <param name="top">Experts a token.</param>
    /// <param name="normalize">Whether the weights of a token's experts are made to add up to 1.</param>
    /// <param name="expert">What an expert, by its number, makes of tokens [count, hidden].</param>
    public static Tensor Mix(Tensor x, Tensor logits, int top, bool normalize, Func<int, Tensor, Tensor> expert)
    {
        using var scope = NewDisposeScope();
        Tensor tokens = x.reshape(-1, x.shape[^1]);
        (Tensor weights, Tensor chosen) = nn.functional.softmax(logits.reshape(-1, logits.shape[^1]), -1).topk(top, -1);
        if (normalize)
        {
            weights = weights / weights.sum(-1, keepdim: true);
        }
        weights = weights.reshape(-1);   // token by token, each with its experts in the router's order
        Tensor mixed = zeros_like(tokens);
        foreach ((int number, Tensor places) in PlacesOf(chosen.reshape(-1)))
        {
            Tensor rows = places.div(top, RoundingMode.floor);
            Tensor share = weights.index_select(0, places).unsqueeze(-1);
            mixed = mixed.index_add(0, rows, expert(number, tokens.index_select(0, rows)) * share, 1);
        }
        return mixed.reshape(x.shape).MoveToOuterDisposeScope();
    }

    // Each expert that anyone chose, with the places in the list where it stands.
    private static IEnumerable<(int Expert, Tensor Places)> PlacesOf(Tensor chosen)
    {
        long[] numbers = [.. chosen.cpu().data<long>()];
        foreach (IGrouping<long, long> own in numbers.Index().GroupBy(static each => each.Item, static each => (long)each.Index).OrderBy(static own => own.Key))
        {
            yield return ((int)own.Key, tensor(own.ToArray(), device: chosen.device));
        }
    }
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Causal attention over heads, with fewer key and value heads than query heads where a model has it (GQA).</summary>
public static class Attention
{
    /// <summary>From [batch, tokens, heads * headDim] to [batch, heads, tokens, headDim].</summary>
    public static Tensor SplitHeads(Tensor x, int headDim) =>
        x.view(x.shape[0], x.shape[1], x.shape[2] / headDim, headDim).transpose(1, 2);

    /// <summary>
    /// Attends from q [batch, heads, tokens, headDim] to k and v [batch, kvHeads, tokens, headDim] and everything in
    /// the cache before them; gives [batch, tokens, heads * headDim].
    /// </summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys of the same tokens.</param>
    /// <param name="v">Values of the same tokens.</param>
    /// <param name="cache">Keys and values of earlier tokens, extended by this call; or null.</param>
    /// <param name="window">How many tokens each one sees, itself included (sliding window, arXiv 2004.05150); null for all before it.</param>
    /// <param name="scale">What scores are multiplied with; null for 1 / sqrt(headDim).</param>
    /// <param name="softcap">The soft limit of scores (<see cref="Softcap"/>); null leaves them.</param>
    public static Tensor Attend(
        Tensor q, Tensor k, Tensor v, LayerCache? cache, int? window = null, double? scale = null, double? softcap = null)
    {
        long tokens = q.shape[2];
        if (cache is null && PackedRow.ToAttend(tokens) is { } row)
        {
            return row.Concatenate(1, (start, length) => Attend(
                q.narrow(2, start, length), k.narrow(2, start, length), v.narrow(2, start, length), null, window, scale, softcap));
        }
        if (cache is not null)
        {
            (k, v) = cache.Append(k, v);
        }
        long seen = Math.Min(k.shape[2], window + tokens - 1 ?? long.MaxValue);   // what is out of everyone's window is not looked at
        (k, v) = (Last(k, seen), Last(v, seen));
        long groups = q.shape[1] / k.shape[1];
        if (groups > 1)
        {
            (k, v) = (k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1));
        }
        double plain = 1 / Math.Sqrt(q.shape[^1]);
        Tensor attended = softcap is { } cap
            ? Capped(q, k, v, tokens > 1 ? Mask(tokens, seen, window, q.device) : null, scale ?? plain, cap)
            : Plain(scale is { } other ? q * (other / plain) : q, k, v, window);
        return attended.transpose(1, 2).reshape(q.shape[0], tokens, -1);
    }

    private static Tensor Last(Tensor x, long tokens) => x.shape[2] == tokens ? x : x.narrow(2, x.shape[2] - tokens, tokens);

    private static Tensor Plain(Tensor q, Tensor k, Tensor v, int? window)
    {
        (long tokens, long seen) = (q.shape[2], k.shape[2]);
        Tensor? mask = tokens > 1 && (seen > tokens || window < seen) ? Mask(tokens, seen, window, q.device) : null;
        return nn.functional.scaled_dot_product_attention(q, k, v, attn_mask: mask, is_casual: mask is null && tokens > 1);
    }

    // Between the scores and their softmax libtorch's fused attention has no place for a function.
    private static Tensor Capped(Tensor q, Tensor k, Tensor v, Tensor? mask, double scale, double cap)
    {
        Tensor scores = Softcap.Apply(q.matmul(k.transpose(-1, -2)) * scale, cap);
        if (mask is not null)
        {
            scores = scores.masked_fill(mask.logical_not(), double.NegativeInfinity);
        }
        return nn.functional.softmax(scores, -1).matmul(v);
    }

    // True [tokens, seen] where the last tokens of those seen may look: at themselves and back, no further than the window.
    private static Tensor Mask(long tokens, long seen, int? window, Device device)
    {
        Tensor mask = ones(tokens, seen, dtype: ScalarType.Bool, device: device).tril(seen - tokens);
        return window is { } width ? mask.triu(seen - tokens - width + 1) : mask;
    }
}

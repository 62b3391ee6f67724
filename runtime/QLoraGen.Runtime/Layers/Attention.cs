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
    public static Tensor Attend(Tensor q, Tensor k, Tensor v, LayerCache? cache)
    {
        long past = cache?.Length ?? 0, tokens = q.shape[2];
        if (cache is not null)
        {
            (k, v) = cache.Append(k, v);
        }
        long groups = q.shape[1] / k.shape[1];
        if (groups > 1)
        {
            (k, v) = (k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1));
        }
        Tensor? mask = past > 0 && tokens > 1
            ? ones(tokens, past + tokens, dtype: ScalarType.Bool, device: q.device).tril(past)
            : null;
        Tensor attended = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask: mask, is_casual: mask is null && tokens > 1);
        return attended.transpose(1, 2).reshape(q.shape[0], tokens, -1);
    }
}

using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>Attention against softmax(q k / sqrt(d)) v, written out in double.</summary>
public sealed class AttentionTests
{
    private const int HeadDim = 4, Tokens = 7;

    [Theory]
    [InlineData(4, 4)]
    [InlineData(6, 2)]   // three query heads share a key head
    [InlineData(3, 1)]
    public void Each_token_attends_to_itself_and_those_before_it(int heads, int kvHeads)
    {
        using var scope = NewDisposeScope();
        (Tensor q, Tensor k, Tensor v) = Inputs(heads, kvHeads);
        AssertNear(Expected(q, k, v), Attention.Attend(q, k, v, cache: null));
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1 })]   // token by token
    [InlineData(new[] { 3, 4 })]                  // a chunk on top of a cache needs a mask of its own
    [InlineData(new[] { 4, 1, 2 })]
    [InlineData(new[] { 7 })]
    public void With_a_cache_pieces_give_what_one_pass_gives(int[] pieces)
    {
        using var scope = NewDisposeScope();
        (Tensor q, Tensor k, Tensor v) = Inputs(heads: 4, kvHeads: 2);
        using var cache = new LayerCache();
        List<Tensor> parts = [];
        foreach (int piece in pieces)
        {
            long at = cache.Length;
            parts.Add(Attention.Attend(q.narrow(2, at, piece), k.narrow(2, at, piece), v.narrow(2, at, piece), cache));
        }
        Assert.Equal(Tokens, cache.Length);
        AssertNear(Expected(q, k, v), cat(parts, 1));
    }

    [Fact]
    public void A_cache_keeps_its_own_copy()
    {
        using var scope = NewDisposeScope();
        using var cache = new LayerCache();
        Tensor keys = ones(1, 1, 2, HeadDim);
        cache.Append(keys, keys);
        keys.zero_();
        (Tensor all, _) = cache.Append(ones(1, 1, 1, HeadDim), ones(1, 1, 1, HeadDim));
        Assert.Equal(3f * HeadDim, all.sum().item<float>());
    }

    [Fact]
    public void Heads_are_split_in_order()
    {
        using var scope = NewDisposeScope();
        Tensor split = Attention.SplitHeads(arange(12, dtype: ScalarType.Float32).view(1, 2, 6), headDim: 3);
        Assert.Equal([1, 2, 2, 3], split.shape);
        Assert.Equal([0f, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11], split.contiguous().data<float>().ToArray());
    }

    private static (Tensor Q, Tensor K, Tensor V) Inputs(int heads, int kvHeads) => (Of(heads, 1), Of(kvHeads, 2), Of(kvHeads, 3));

    private static Tensor Of(int heads, int seed) =>
        tensor(OneLinear.Values(2 * heads * Tokens * HeadDim, seed)).mul_(2).view(2, heads, Tokens, HeadDim);

    private static double[] Expected(Tensor q, Tensor k, Tensor v)
    {
        int heads = (int)q.shape[1], groups = heads / (int)k.shape[1];
        float[] query = [.. q.data<float>()], key = [.. k.data<float>()], value = [.. v.data<float>()];
        double[] result = new double[2 * Tokens * heads * HeadDim];
        for (int batch = 0; batch < 2; batch++)
        {
            for (int head = 0; head < heads; head++)
            {
                int shared = (batch * (heads / groups)) + (head / groups), own = (batch * heads) + head;
                for (int t = 0; t < Tokens; t++)
                {
                    double[] weights = [.. Enumerable.Range(0, t + 1).Select(s => Math.Exp(Enumerable.Range(0, HeadDim).Sum(
                        d => (double)query[(((own * Tokens) + t) * HeadDim) + d] * key[(((shared * Tokens) + s) * HeadDim) + d]) / Math.Sqrt(HeadDim)))];
                    for (int d = 0; d < HeadDim; d++)
                    {
                        result[(((((batch * Tokens) + t) * heads) + head) * HeadDim) + d] =
                            weights.Select((w, s) => w * value[(((shared * Tokens) + s) * HeadDim) + d]).Sum() / weights.Sum();
                    }
                }
            }
        }
        return result;
    }

    private static void AssertNear(double[] expected, Tensor actual)
    {
        float[] values = [.. actual.contiguous().data<float>()];
        Assert.Equal(expected.Length, values.Length);
        Assert.InRange(expected.Zip(values, (e, a) => Math.Abs(e - a)).Max(), 0, 1e-5);
    }
}

using static TorchSharp.torch;

namespace QLoraGen.Runtime.Tests.Layers;

/// <summary>Windows, scales and soft limits of attention, written out in double for one head.</summary>
public sealed class AttentionVariantsTests
{
    private const int HeadDim = 4, Tokens = 9;

    [Theory]
    [InlineData(1, null, null)]
    [InlineData(3, null, null)]
    [InlineData(9, null, null)]
    [InlineData(50, null, null)]
    [InlineData(null, 0.25, null)]
    [InlineData(null, null, 0.5)]
    [InlineData(3, 0.25, 0.5)]
    public void One_pass_is_the_formula(int? window, double? scale, double? softcap)
    {
        using var scope = NewDisposeScope();
        (Tensor q, Tensor k, Tensor v) = (Of(1), Of(2), Of(3));
        AssertNear(Expected(q, k, v, window, scale, softcap), Attention.Attend(q, k, v, cache: null, window, scale, softcap));
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, null)]
    [InlineData(new[] { 2, 1, 4, 2 }, null)]
    [InlineData(new[] { 5, 4 }, 0.5)]
    [InlineData(new[] { 2, 1, 1, 1, 4 }, 0.5)]
    public void With_a_cache_a_window_moves_on(int[] pieces, double? softcap)
    {
        using var scope = NewDisposeScope();
        (Tensor q, Tensor k, Tensor v) = (Of(1), Of(2), Of(3));
        using var cache = new LayerCache();
        List<Tensor> parts = [];
        foreach (int piece in pieces)
        {
            long at = cache.Length;
            parts.Add(Attention.Attend(q.narrow(2, at, piece), k.narrow(2, at, piece), v.narrow(2, at, piece), cache, window: 3, softcap: softcap));
        }
        AssertNear(Expected(q, k, v, 3, null, softcap), cat(parts, 1));
    }

    private static Tensor Of(int seed) => tensor(OneLinear.Values(Tokens * HeadDim, seed)).mul_(2).view(1, 1, Tokens, HeadDim);

    private static double[] Expected(Tensor q, Tensor k, Tensor v, int? window, double? scale, double? softcap)
    {
        float[] query = [.. q.data<float>()], key = [.. k.data<float>()], value = [.. v.data<float>()];
        double[] result = new double[Tokens * HeadDim];
        for (int t = 0; t < Tokens; t++)
        {
            int first = Math.Max(0, t - (window ?? Tokens) + 1);
            double[] weights = [.. Enumerable.Range(first, t - first + 1).Select(s => Math.Exp(Score(t, s)))];
            for (int d = 0; d < HeadDim; d++)
            {
                result[(t * HeadDim) + d] = weights.Select((w, s) => w * value[((first + s) * HeadDim) + d]).Sum() / weights.Sum();
            }
        }
        return result;

        double Score(int t, int s)
        {
            double score = Enumerable.Range(0, HeadDim).Sum(d => (double)query[(t * HeadDim) + d] * key[(s * HeadDim) + d]) * (scale ?? 0.5);
            return softcap is { } cap ? cap * Math.Tanh(score / cap) : score;
        }
    }

    private static void AssertNear(double[] expected, Tensor actual) =>
        Assert.InRange(expected.Zip(actual.contiguous().data<float>().ToArray(), static (e, a) => Math.Abs(e - a)).Max(), 0, 1e-5);
}

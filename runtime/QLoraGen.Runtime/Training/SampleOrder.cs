using QLoraGen.Data;

namespace QLoraGen;

/// <summary>An endless order of samples: each epoch holds every sample once, shuffled anew.</summary>
/// <param name="samples">What is ordered.</param>
/// <param name="seed">The same seed gives the same order.</param>
public sealed class SampleOrder(IReadOnlyList<TokenizedSample> samples, long seed)
{
    private readonly SeededRandom random = new((ulong)seed);
    private readonly TokenizedSample[] epoch = [.. samples];
    private int next = samples.Count;
    private long taken;

    /// <summary>Passes over the samples so far.</summary>
    public double Epochs => (double)taken / epoch.Length;

    /// <summary>The next samples.</summary>
    public IReadOnlyList<TokenizedSample> Take(int count)
    {
        var some = new TokenizedSample[count];
        for (int i = 0; i < count; i++)
        {
            if (next == epoch.Length)
            {
                random.Shuffle<TokenizedSample>(epoch);
                next = 0;
            }
            some[i] = epoch[next++];
        }
        taken += count;
        return some;
    }
}

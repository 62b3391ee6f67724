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

    /// <summary>The next samples.</summary>
    public IReadOnlyList<TokenizedSample> Take(int count)
    {
        var taken = new TokenizedSample[count];
        for (int i = 0; i < count; i++)
        {
            if (next == epoch.Length)
            {
                random.Shuffle<TokenizedSample>(epoch);
                next = 0;
            }
            taken[i] = epoch[next++];
        }
        return taken;
    }
}

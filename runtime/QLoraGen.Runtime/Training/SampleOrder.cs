using QLoraGen.Data;

namespace QLoraGen;

/// <summary>An endless order of samples: each epoch holds every sample once, shuffled anew.</summary>
/// <param name="samples">What is ordered.</param>
/// <param name="seed">The same seed gives the same order.</param>
/// <param name="groupedBy">
/// Samples of a step, to bring samples of like length together (Transformers' <c>group_by_length</c>): of every 50 steps' samples the longest
/// come first. 0 leaves the shuffled order.
/// </param>
public sealed class SampleOrder(IReadOnlyList<TokenizedSample> samples, long seed, int groupedBy = 0)
{
    private const int StepsOfAGroup = 50;

    private readonly SeededRandom random = new((ulong)seed);
    private readonly TokenizedSample[] epoch = [.. samples];
    private int next = samples.Count;
    private long taken;

    /// <summary>Passes over the samples so far.</summary>
    public double Epochs => (double)taken / epoch.Length;

    /// <summary>The sample that comes next.</summary>
    public TokenizedSample Peek()
    {
        if (next == epoch.Length)
        {
            random.Shuffle<TokenizedSample>(epoch);
            next = 0;
            for (long start = 0, group = (long)StepsOfAGroup * groupedBy; group > 0 && start < epoch.Length; start += group)
            {
                int count = (int)Math.Min(group, epoch.Length - start);
                epoch.AsSpan((int)start, count).ToArray().OrderByDescending(static sample => sample.Ids.Length).ToArray()
                    .CopyTo(epoch, start);
            }
        }
        return epoch[next];
    }

    /// <summary>The next sample.</summary>
    public TokenizedSample Take()
    {
        TokenizedSample sample = Peek();
        next++;
        taken++;
        return sample;
    }

    /// <summary>The next samples.</summary>
    public IReadOnlyList<TokenizedSample> Take(int count)
    {
        var some = new TokenizedSample[count];
        for (int i = 0; i < count; i++)
        {
            some[i] = Take();
        }
        return some;
    }

    /// <summary>The next samples that have at most so many tokens together; at least one.</summary>
    public IReadOnlyList<TokenizedSample> TakeUpTo(int tokens)
    {
        List<TokenizedSample> some = [Take()];
        for (int room = tokens - some[0].Ids.Length; Peek().Ids.Length <= room; room -= some[^1].Ids.Length)
        {
            some.Add(Take());
        }
        return some;
    }

    /// <summary>How many portions of <see cref="TakeUpTo"/> an epoch makes, as near as can be said before samples are shuffled.</summary>
    public static int Portions(IReadOnlyList<TokenizedSample> samples, int tokens)
    {
        int portions = 1, room = tokens;
        foreach (TokenizedSample sample in samples)
        {
            (portions, room) = sample.Ids.Length <= room ? (portions, room - sample.Ids.Length) : (portions + 1, tokens - sample.Ids.Length);
        }
        return portions;
    }
}

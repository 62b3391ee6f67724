using QLoraGen.Data;

namespace QLoraGen;

/// <summary>How often greedy generation gives a sample's completion, token for token.</summary>
public static class ExactMatch
{
    /// <summary>The share of samples that match, from 0 to 1.</summary>
    public static double Measure(CausalLM model, int? eosId, IReadOnlyList<TokenizedSample> samples, CancellationToken cancellation = default)
    {
        var generator = new TextGenerator(model, eosId);
        int matches = samples.Count(sample => Matches(generator, eosId, sample, cancellation));
        return (double)matches / samples.Count;
    }

    private static bool Matches(TextGenerator generator, int? eosId, TokenizedSample sample, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int[] expected = sample.Ids[sample.LossFrom..];
        if (eosId is { } eos && expected[^1] == eos)
        {
            expected = expected[..^1];
        }
        // One token more than expected is asked for, so that going on too long is a miss.
        var options = new SamplingOptions { MaxNewTokens = expected.Length + 1 };
        return generator.Generate(sample.Ids[..sample.LossFrom], options, cancellation).SequenceEqual(expected);
    }
}

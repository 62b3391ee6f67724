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
        int asked = expected.Length;   // where an end is expected, one token more than the text: going on too long is a miss
        if (expected[^1] == eosId)
        {
            expected = expected[..^1];
        }
        var options = new SamplingOptions { MaxNewTokens = asked };
        return generator.Generate(sample.Ids[..sample.LossFrom], options, cancellation).SequenceEqual(expected);
    }
}

using QLoraGen.Data;

namespace QLoraGen;

/// <summary>How often greedy generation gives a sample's completion, token for token.</summary>
public static class ExactMatch
{
    /// <summary>The share of samples whose last answer matches, from 0 to 1.</summary>
    public static double Measure(TextGenerator generator, IReadOnlyList<TokenizedSample> samples, CancellationToken cancellation = default)
    {
        int matches = samples.Count(sample => Matches(generator, sample, cancellation));
        return (double)matches / samples.Count;
    }

    private static bool Matches(TextGenerator generator, TokenizedSample sample, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int[] expected = sample.Ids[sample.AnswerFrom..];
        int asked = expected.Length;   // where an end is expected, one token more than the text: going on too long is a miss
        if (generator.StopIds.Contains(expected[^1]))
        {
            expected = expected[..^1];
        }
        var options = new SamplingOptions { MaxNewTokens = asked };
        return generator.Generate(sample.Ids[..sample.AnswerFrom], options, cancellation).SequenceEqual(expected);
    }
}

namespace QLoraGen.Cli;

/// <summary>What a model can do on held-out rows.</summary>
/// <param name="Loss">Mean negative log-likelihood, in nats a predicted token.</param>
/// <param name="ExactMatch">Share of completions that greedy generation gets right; null for texts.</param>
/// <param name="Samples">What it generates for each of the prompts that a person is shown.</param>
internal sealed record Measurement(double Loss, double? ExactMatch, IReadOnlyList<string> Samples)
{
    private const int SampleTokens = 64;

    public static Measurement Of(LoadedModel loaded, EncodedData heldOut, IReadOnlyList<SamplePrompt> prompts, CancellationToken cancellation)
    {
        Perplexity perplexity = Perplexity.Measure(loaded.Model, heldOut.Samples, cancellation);
        TextGenerator generator = loaded.Generator(answers: heldOut.HasTurns);
        double? exact = heldOut.HasPrompts
            ? QLoraGen.ExactMatch.Measure(generator, heldOut.Samples, cancellation)
            : null;
        var options = new SamplingOptions { MaxNewTokens = SampleTokens };
        return new Measurement(
            perplexity.MeanNll, exact,
            [.. prompts.Select(prompt => loaded.Tokenizer.Decode([.. generator.Generate(prompt.Ids, options, cancellation)]))]);
    }

    public override string ToString() =>
        $"loss {Loss:F4} on held-out rows" + (ExactMatch is { } match ? $", exact match {100 * match:F1} %" : "");
}

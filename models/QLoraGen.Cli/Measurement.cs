using QLoraGen.Data;

namespace QLoraGen.Cli;

/// <summary>What a model can do on held-out rows.</summary>
/// <param name="Loss">Mean negative log-likelihood, in nats a predicted token.</param>
/// <param name="ExactMatch">Share of completions that greedy generation gets right; null for texts.</param>
/// <param name="Sample">What it generates for the first row.</param>
internal sealed record Measurement(double Loss, double? ExactMatch, string Sample)
{
    private const int SampleTokens = 64;

    public static Measurement Of(LoadedModel loaded, EncodedData heldOut, CancellationToken cancellation)
    {
        Perplexity perplexity = Perplexity.Measure(loaded.Model, heldOut.Samples, cancellation);
        TextGenerator generator = loaded.Generator(answers: heldOut.HasTurns);
        double? exact = heldOut.HasPrompts
            ? QLoraGen.ExactMatch.Measure(generator, heldOut.Samples, cancellation)
            : null;
        TokenizedSample first = heldOut.Samples[0];
        int[] prompt = heldOut.HasPrompts ? first.Ids[..first.AnswerFrom] : first.Ids[..1];
        IEnumerable<int> ids = generator.Generate(prompt, new SamplingOptions { MaxNewTokens = SampleTokens }, cancellation);
        return new Measurement(perplexity.MeanNll, exact, loaded.Tokenizer.Decode([.. ids]));
    }

    public override string ToString() =>
        $"loss {Loss:F4} on held-out rows" + (ExactMatch is { } match ? $", exact match {100 * match:F1} %" : "");
}

using QLoraGen.Data;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>How well a model predicts samples.</summary>
/// <param name="MeanNll">Mean negative log-likelihood, in nats a predicted token.</param>
/// <param name="Tokens">Number of predicted tokens.</param>
public sealed record Perplexity(double MeanNll, long Tokens)
{
    private const int TokensAtOnce = 4096;

    /// <summary>Measures a model, without dropout.</summary>
    public static Perplexity Measure(CausalLM model, IReadOnlyList<TokenizedSample> samples, CancellationToken cancellation = default)
    {
        double sum = 0;
        long tokens = 0;
        bool training = model.training;
        model.eval();
        try
        {
            using var _ = no_grad();
            int longest = samples.Max(static sample => sample.Ids.Length);
            foreach (TokenizedSample[] chunk in samples.Chunk(Math.Max(1, TokensAtOnce / longest)))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                Batch batch = Batch.Of(chunk);
                sum += LanguageModelLoss.Sum(model, batch);
                tokens += batch.LabelCount;
            }
        }
        finally
        {
            model.train(training);
        }
        return new Perplexity(sum / tokens, tokens);
    }
}

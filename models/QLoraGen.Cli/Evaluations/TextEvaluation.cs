using QLoraGen.Data;

namespace QLoraGen.Cli.Evaluations;

/// <summary>How well texts, or completions of prompts, are predicted, and how often greedy generation gives a completion exactly.</summary>
/// <param name="loaded">The model.</param>
/// <param name="data">The rows.</param>
/// <param name="exactRows">Rows at most whose completions are generated.</param>
internal sealed class TextEvaluation(LoadedModel loaded, EncodedData data, int exactRows) : IEvaluation
{
    private readonly IReadOnlyList<TokenizedSample> generated = data.HasPrompts ? [.. data.Samples.Take(exactRows)] : [];

    public string About => $"{data.File}: {data.Samples.Count:N0} samples"
        + (data.HasPrompts ? $"; their completions are measured, and {generated.Count:N0} generated greedily" : "");

    public Figures Measure(CancellationToken cancellation)
    {
        Perplexity measured = Perplexity.Measure(loaded.Model, data.Samples, cancellation);
        double? exact = generated.Count == 0 ? null : ExactMatch.Measure(loaded.Generator(answers: data.HasTurns), generated, cancellation);
        double perplexity = Math.Exp(measured.MeanNll);
        return new Figures(
            [
                new Figure(data.HasPrompts ? "completion loss: mean NLL, nats a token" : "mean NLL, nats a token", measured.MeanNll, "F6"),
                new Figure("perplexity", perplexity, "F4"),
                .. exact is { } share ? [new Figure("exact match, %", 100 * share, "F1")] : Array.Empty<Figure>(),
                new Figure("tokens", measured.Tokens, "N0"),
            ],
            [
                ("mean_nll", measured.MeanNll), ("perplexity", perplexity), ("completion_loss", data.HasPrompts ? measured.MeanNll : null),
                ("exact_match", exact), ("exact_match_samples", generated.Count), ("tokens", measured.Tokens), ("samples", data.Samples.Count),
            ]);
    }
}

using System.CommandLine;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora eval</c>: how well a model predicts a dataset.</summary>
internal static class EvalCommand
{
    public static Command Create() => new Command("eval", "Measure the mean negative log-likelihood of a dataset.")
    {
        SharedOptions.Model, SharedOptions.Data, SharedOptions.MaxLength, SharedOptions.Quant,
        SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.Seed, SharedOptions.Json,
    }.With(UsedAdapters.All).Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        SharedOptions.RequireDataForModel(parsed);
        using LoadedModel loaded = LoadedModel.Open(parsed, output);
        IReadOnlyList<string?> adapters = UsedAdapters.Load(parsed, loaded.Model);
        string data = parsed.GetValue(SharedOptions.Data) ?? DefaultFiles.HeldOut;
        EncodedData encoded = loaded.Encode(data, loaded.MaxLength(parsed.GetValue(SharedOptions.MaxLength)), output);
        output.Results(adapters, name =>
        {
            loaded.Model.Activate(name);
            Perplexity measured = Perplexity.Measure(loaded.Model, encoded.Samples, cancellation);
            output.Line($"mean NLL   {measured.MeanNll:F6} nats a token over {measured.Tokens} tokens of {encoded.Samples.Count} samples");
            output.Line($"perplexity {Math.Exp(measured.MeanNll):F4}");
            return
            [
                ("mean_nll", measured.MeanNll), ("perplexity", Math.Exp(measured.MeanNll)), ("tokens", measured.Tokens), ("samples", encoded.Samples.Count),
            ];
        });
    }
}

using System.CommandLine;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora eval</c>: how well a model predicts a dataset.</summary>
internal static class EvalCommand
{
    public static Command Create() => new Command("eval", "Measure the mean negative log-likelihood of a dataset.")
    {
        SharedOptions.Model, SharedOptions.Adapter, SharedOptions.Data, SharedOptions.MaxLength, SharedOptions.Quant,
        SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.Seed, SharedOptions.Json,
    }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        SharedOptions.RequireDataForModel(parsed);
        using LoadedModel loaded = LoadedModel.Open(parsed, output).WithAdapter(parsed);
        string data = parsed.GetValue(SharedOptions.Data) ?? DefaultFiles.HeldOut;
        EncodedData encoded = loaded.Encode(data, loaded.MaxLength(parsed.GetValue(SharedOptions.MaxLength)), output);
        Perplexity measured = Perplexity.Measure(loaded.Model, encoded.Samples, cancellation);

        output.Line($"mean NLL   {measured.MeanNll:F6} nats a token over {measured.Tokens} tokens of {encoded.Samples.Count} samples");
        output.Line($"perplexity {Math.Exp(measured.MeanNll):F4}");
        output.Result(
            ("mean_nll", measured.MeanNll), ("perplexity", Math.Exp(measured.MeanNll)), ("tokens", measured.Tokens),
            ("samples", encoded.Samples.Count));
    }
}

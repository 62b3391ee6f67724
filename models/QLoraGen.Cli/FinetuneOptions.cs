using System.CommandLine;
using QLoraGen.Data;

namespace QLoraGen.Cli;

/// <summary>What <c>finetune</c> learns from and where it puts what it learned.</summary>
internal static class FinetuneOptions
{
    private const int MostHeldOut = 100;

    public static readonly Option<string?> HeldOutData = new("--held-out-data")
    {
        Description = "Rows to measure with, in a file of their own.", HelpName = "FILE",
    };

    public static readonly Option<int?> HeldOut = new("--held-out")
    {
        Description = "Rows of --data to measure with instead of training on them. Default: a tenth, at most 100.", HelpName = "N",
    };

    public static readonly Option<string> Adapter = new("--adapter", "--out")
    {
        Description = "Where the adapter is saved.", HelpName = "DIR", DefaultValueFactory = _ => "adapter",
    };

    /// <summary>What is trained on and what is held out.</summary>
    public static (EncodedData Train, EncodedData HeldOut) Samples(ParseResult parsed, LoadedModel loaded, Output output)
    {
        int length = loaded.MaxLength(parsed.GetValue(SharedOptions.MaxLength));
        string? data = parsed.GetValue(SharedOptions.Data);
        EncodedData all = loaded.Encode(data ?? DefaultFiles.Training, length, output);
        if ((parsed.GetValue(HeldOutData) ?? (data is null ? DefaultFiles.HeldOut : null)) is { } file)
        {
            return (all, loaded.Encode(file, length, output));
        }
        int count = parsed.GetValue(HeldOut) ?? Math.Clamp(all.Samples.Count / 10, 1, MostHeldOut);
        if (count < 1)
        {
            throw new QLoraException($"--held-out is {count}: hold out at least 1 row, or what was learned cannot be measured.");
        }
        if (count >= all.Samples.Count)
        {
            throw new QLoraException($"--held-out is {count}, but {data} has {all.Samples.Count} samples, and at least one must be left "
                + "to train on: hold out fewer, or name a file to measure with by --held-out-data.");
        }
        DatasetSplit<TokenizedSample> split = DatasetSplit.Split(all.Samples, count, (ulong)parsed.GetValue(SharedOptions.Seed));
        return (all with { Samples = split.Train }, all with { Samples = split.HeldOut });
    }
}

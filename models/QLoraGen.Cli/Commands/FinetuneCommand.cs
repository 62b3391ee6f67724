using System.CommandLine;
using System.Diagnostics;
using QLoraGen.Cli.Views;
using QLoraGen.Data;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora finetune</c>: trains adapters on a dataset and saves them as PEFT's files.</summary>
internal static class FinetuneCommand
{
    public static Command Create()
    {
        var command = new Command("finetune", "Train LoRA adapters on a model frozen in 4 bits. Without arguments: a small built-in model and task.")
        {
            SharedOptions.Model, SharedOptions.Data, FinetuneOptions.HeldOutData, FinetuneOptions.HeldOut, FinetuneOptions.Adapter,
            SharedOptions.MaxLength, SharedOptions.Quant, SharedOptions.DoubleQuant, SharedOptions.BlockSize,
            AdapterOptions.R, AdapterOptions.Alpha, AdapterOptions.Dropout, AdapterOptions.Targets, AdapterOptions.Rslora,
            SharedOptions.Seed, SharedOptions.Json,
        };
        foreach (Option option in (Option[])[
            .. TrainingArguments.Length, .. TrainingArguments.Optimization, 
            .. TrainingArguments.Regularization, .. TrainingArguments.Resources])
        {
            command.Add(option);
        }
        return command.Runs(Run);
    }

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        SharedOptions.RequireDataForModel(parsed);
        string folder = parsed.GetRequiredValue(FinetuneOptions.Adapter);
        PeftAdapter.RequireWritable(folder);   // now, and not after hours of training
        using LoadedModel loaded = LoadedModel.Open(parsed, output);
        long seed = parsed.GetValue(SharedOptions.Seed);
        (EncodedData train, EncodedData heldOut) = FinetuneOptions.Samples(parsed, loaded, output);
        TrainingOptions options = TrainingArguments.Options(parsed, train.Samples.Count);
        AdapterArena arena = loaded.Model.AddAdapters(AdapterOptions.Config(parsed, loaded.Model), seed);
        output.Line($"{loaded.Folder}: {arena.Flat.numel():N0} values trained in {arena.Adapters.Count} adapters on "
            + $"{loaded.Model.Region!.Length:N0} bytes of frozen weights; {train.Samples.Count} samples, {heldOut.Samples.Count} held out");

        Measurement before = Measurement.Of(loaded, heldOut, cancellation);
        output.Line($"before: {before}");
        TrainingResult result = TrainingView.Show(
            output.Console, options.Steps, report => new Trainer(loaded.Model, options).Run(train.Samples, report, cancellation));
        if (result.Steps == 0)
        {
            cancellation.ThrowIfCancellationRequested();   // nothing was learned that an earlier adapter should be replaced by
        }
        PeftAdapter.Save(folder, loaded.Model, loaded.Folder);
        if (result.Cancelled)
        {
            output.Error($"stopped by hand after {result.Steps} of {options.Steps} steps; what was learned so far is saved.");
        }
        output.Line($"saved: {folder} after {result.Steps} of {options.Steps} steps, {result.TokensPerSecond:N0} tokens/s");
        // Stopped by hand: the adapter is what matters, and it is saved.
        Measurement? after = result.Cancelled ? null : Measurement.Of(loaded, heldOut, CancellationToken.None);
        if (after is not null)
        {
            output.Line($"after:  {after}");
            ShowSample(output, heldOut, loaded, before, after);
        }
        output.Result(
            ("loss_before", before.Loss), ("loss_after", after?.Loss),
            ("exact_match_before", before.ExactMatch), ("exact_match_after", after?.ExactMatch),
            ("steps", result.Steps), ("trainable_parameters", arena.Flat.numel()), ("tokens_per_second", result.TokensPerSecond),
            ("peak_rss_bytes", Process.GetCurrentProcess().PeakWorkingSet64), ("adapter", Path.GetFullPath(folder)));
    }

    private static void ShowSample(Output output, EncodedData heldOut, LoadedModel loaded, Measurement before, Measurement after)
    {
        TokenizedSample sample = heldOut.Samples[0];
        output.Line();
        output.Line(heldOut.HasPrompts ? loaded.Tokenizer.Decode(sample.Ids.AsSpan(0, sample.LossFrom)) : "from the start of a text");
        output.Line($"  before: {before.Sample}");
        output.Line($"  after:  {after.Sample}");
        if (heldOut.HasPrompts)
        {
            output.Line($"  wanted: {loaded.Tokenizer.Decode(sample.Ids.AsSpan(sample.LossFrom))}");
        }
    }
}

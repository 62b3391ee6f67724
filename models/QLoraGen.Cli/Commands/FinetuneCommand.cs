using System.CommandLine;
using System.Diagnostics;
using QLoraGen.Cli.Reports;
using QLoraGen.Cli.Views;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora finetune</c>: trains adapters on a dataset and saves them as PEFT's files.</summary>
internal static class FinetuneCommand
{
    public static Command Create()
    {
        var command = new Command("finetune", "Train LoRA adapters on a model frozen in 4 bits. Without arguments: a small built-in model and task.");
        GroupedHelp.Add(command,
            ("Model and data", [SharedOptions.Model, SharedOptions.Data, FinetuneOptions.HeldOutData, FinetuneOptions.HeldOut, SharedOptions.MaxLength,
                FinetuneOptions.Adapter, SharedOptions.Json]),
            ("Quantization", [SharedOptions.Quant, SharedOptions.DoubleQuant, SharedOptions.BlockSize]),
            ("Adapters", AdapterOptions.All),
            ("Length of the run", TrainingArguments.Length),
            ("Optimizer", TrainingArguments.Optimization),
            ("Regularization and seed", [.. TrainingArguments.Regularization, SharedOptions.Seed]),
            ("Speed and memory", TrainingArguments.Resources),
            ("Checkpoints and measuring", CheckpointArguments.All),
            ("Reporting (report.html and loss.png are always written beside the adapter)", ReportArguments.All));
        return command.Runs(Run);
    }

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        SharedOptions.RequireDataForModel(parsed);
        string folder = parsed.GetRequiredValue(FinetuneOptions.Adapter);
        PeftAdapter.RequireWritable(folder);   // now, and not after hours of training
        using LoadedModel loaded = LoadedModel.OpenForTraining(parsed, output);
        (EncodedData train, EncodedData heldOut) = FinetuneOptions.Samples(parsed, loaded, output);
        int length = loaded.MaxLength(parsed.GetValue(SharedOptions.MaxLength));
        TrainingOptions options = CheckpointArguments.Complete(parsed, TrainingArguments.Options(parsed, train.Samples, length));
        CheckpointStore checkpoints = CheckpointArguments.Store(parsed, folder, loaded.Folder, output);
        using TensorBoardObserver? events = ReportArguments.Observer(parsed, folder, output);
        AdapterArena arena = loaded.Model.Adapters!;
        output.Line($"{loaded.Folder}: {arena.Flat.numel():N0} values trained in {arena.Adapters.Count} adapters on "
            + $"{loaded.Model.Region!.Length:N0} bytes of frozen weights; {train.Samples.Count} samples, {heldOut.Samples.Count} held out");

        IReadOnlyList<SamplePrompt> prompts = SamplePrompt.Of(loaded, heldOut);
        Measurement before = MeasureBase(loaded, heldOut, prompts, cancellation);
        output.Line($"before: {before}");
        long resident = Environment.WorkingSet;
        var trainer = new Trainer(loaded.Model, options) { Checkpoints = checkpoints, HeldOut = heldOut.Samples };
        TrainingResult result = TrainingView.Show(output, options.Steps, view =>
        {
            trainer.Observers.Add(view);
            if (events is not null)
            {
                trainer.Observers.Add(events);
            }
            return trainer.Run(train.Samples, cancellation: cancellation);
        });
        if (result.Steps == 0)
        {
            cancellation.ThrowIfCancellationRequested();   // nothing was learned that an earlier adapter should be replaced by
        }
        checkpoints.SaveResult(loaded.Model, options, result);
        if (result.Cancelled)
        {
            output.Error($"stopped by hand after {result.Steps} of {options.Steps} steps; what was learned so far is saved, and --resume goes on from there.");
        }
        output.Line($"saved: {folder} after {result.Steps} of {options.Steps} steps, {result.TokensPerSecond:N0} tokens/s");
        // Stopped by hand: the adapter is what matters, and it is saved.
        Measurement? after = result.Cancelled ? null : Measurement.Of(loaded, heldOut, prompts, CancellationToken.None);
        if (after is not null)
        {
            output.Line($"after:  {after}");
            SampleView.Show(output, prompts[0], before.Samples[0], after.Samples[0]);
        }
        long peak = Process.GetCurrentProcess().PeakWorkingSet64;
        string? report = ReportFiles.Write(folder, new RunReport
        {
            Model = loaded.Folder,
            Command = ["qlora", .. parsed.Tokens.Select(static token => token.Value)],
            Format = loaded.Model.Layout!.Format,
            Adapter = arena.Config,
            Options = options,
            Result = result,
            Train = DataSummary.Of(train),
            HeldOut = DataSummary.Of(heldOut),
            Prompts = prompts,
            Before = before,
            After = after,
            Plan = MemoryPlan.Of(loaded.Model),
            Predicted = TrainingMemory.Of(loaded.Model, options, train.Samples),
            Memory = new ProcessMemory(resident, peak),
        }, output);
        output.Result(
            ("loss_before", before.Loss), ("loss_after", after?.Loss),
            ("exact_match_before", before.ExactMatch), ("exact_match_after", after?.ExactMatch),
            ("steps", result.Steps), ("trainable_parameters", arena.Flat.numel()), ("tokens_per_second", result.TokensPerSecond),
            ("peak_rss_bytes", peak), ("adapter", Path.GetFullPath(folder)), ("report", report is null ? null : Path.GetFullPath(report)));
    }

    // Adapters that begin from the weights belong to the base from the start: some took their share out of it.
    private static Measurement MeasureBase(
        LoadedModel loaded, EncodedData heldOut, IReadOnlyList<SamplePrompt> prompts, CancellationToken cancellation)
    {
        if (LoraStart.NeedsWeights(loaded.Model.Adapters!.Config.InitLoraWeights))
        {
            return Measurement.Of(loaded, heldOut, prompts, cancellation);
        }
        loaded.Model.Activate(null);
        try
        {
            return Measurement.Of(loaded, heldOut, prompts, cancellation);
        }
        finally
        {
            loaded.Model.Activate(CausalLM.DefaultAdapter);
        }
    }
}

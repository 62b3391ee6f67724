using System.CommandLine;

namespace QLoraGen.Cli;

/// <summary>When a run is saved and measured, and where it goes on, under the names of Transformers' TrainingArguments.</summary>
internal static class CheckpointArguments
{
    private static readonly Option<int> SaveSteps = new("--save-steps")
    {
        Description = "Steps between two checkpoints in the output folder; 0: only where the run is stopped by hand.", HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<int?> SaveTotalLimit = new("--save-total-limit")
    {
        Description = "Newest checkpoints that are kept, the best one besides. Default: all.", HelpName = "N",
    };

    private static readonly Option<bool> LoadBest = new("--load-best-model-at-end")
    {
        Description = "End with the checkpoint that has the lowest held-out loss.",
    };

    private static readonly Option<int> EvalSteps = new("--eval-steps")
    {
        Description = "Steps between two measurements of the held-out rows; 0: at each checkpoint.", HelpName = "N", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<int> LoggingSteps = new("--logging-steps")
    {
        Description = "Steps between two entries of trainer_state.json; 0: at most a thousand entries.", HelpName = "N", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<string?> Resume = new("--resume", "--resume-from-checkpoint")
    {
        Description = "Go on from the newest checkpoint in the output folder, or from a named one.", HelpName = "DIR", Arity = ArgumentArity.ZeroOrOne,
    };

    public static IReadOnlyList<Option> All { get; } = [SaveSteps, SaveTotalLimit, LoadBest, EvalSteps, LoggingSteps, Resume];

    /// <summary>The options with what these say.</summary>
    public static TrainingOptions Complete(ParseResult parsed, TrainingOptions options) => (options with
    {
        SaveSteps = parsed.GetValue(SaveSteps),
        SaveTotalLimit = parsed.GetValue(SaveTotalLimit),
        LoadBestModelAtEnd = parsed.GetValue(LoadBest),
        EvalSteps = parsed.GetValue(EvalSteps),
        LoggingSteps = parsed.GetValue(LoggingSteps),
    }).Validate();

    /// <summary>The place of the run's checkpoints.</summary>
    public static CheckpointStore Store(ParseResult parsed, string folder, string baseModel, Output output)
    {
        if (parsed.GetResult(Resume) is not { Implicit: false })
        {
            return new CheckpointStore(folder, baseModel);
        }
        string? from = parsed.GetValue(Resume) is not { } named ? CheckpointStore.Newest(folder)
            : Directory.Exists(named) ? named : Path.Combine(folder, named);
        if (from is null)
        {
            output.Error($"{folder}: holds no checkpoint yet, so training begins anew.");
        }
        return new CheckpointStore(folder, baseModel) { ResumeFrom = from };
    }
}

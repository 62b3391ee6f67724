namespace QLoraGen.Cli.Reports;

/// <summary>What there is to say of a run of <c>finetune</c>.</summary>
internal sealed record RunReport
{
    /// <summary>The model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>The command line, word by word.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What the weights are frozen in; null for full precision.</summary>
    public required QuantFormat? Format { get; init; }

    /// <summary>What the adapters were made from.</summary>
    public required LoraConfig Adapter { get; init; }

    public required TrainingOptions Options { get; init; }

    public required TrainingResult Result { get; init; }

    public required DataSummary Train { get; init; }

    public required DataSummary HeldOut { get; init; }

    /// <summary>What the model is shown with, before and after.</summary>
    public required IReadOnlyList<SamplePrompt> Prompts { get; init; }

    public required Measurement Before { get; init; }

    /// <summary>Null where the run was stopped by hand.</summary>
    public required Measurement? After { get; init; }

    public required MemoryPlan Plan { get; init; }

    /// <summary>The memory that the run was to have resident.</summary>
    public required TrainingMemory Predicted { get; init; }

    public required ProcessMemory Memory { get; init; }
}

/// <summary>What the process held in memory, in bytes.</summary>
/// <param name="BeforeTraining">Resident before the first step, with the model loaded and measured once.</param>
/// <param name="Peak">The most that was ever resident.</param>
internal readonly record struct ProcessMemory(long BeforeTraining, long Peak);

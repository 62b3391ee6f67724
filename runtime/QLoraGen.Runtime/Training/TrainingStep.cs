namespace QLoraGen;

/// <summary>How a run begins.</summary>
/// <param name="Options">How it goes.</param>
/// <param name="Samples">Number of samples that are learned.</param>
/// <param name="TrainedValues">Number of values that are trained.</param>
/// <param name="DoneSteps">Steps that an earlier run did, whose checkpoint this one goes on from.</param>
public sealed record TrainingStart(TrainingOptions Options, int Samples, long TrainedValues, int DoneSteps);

/// <summary>What one optimizer step did.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean loss of its labels, in nats.</param>
/// <param name="LearningRate">What it stepped with.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Tokens">Tokens that were read since the run began, without padding.</param>
/// <param name="Elapsed">Since the run began.</param>
/// <param name="Epoch">Passes over the samples so far.</param>
public sealed record TrainingStep(
    int Step, double Loss, double LearningRate, double GradientNorm, long Tokens, TimeSpan Elapsed, double Epoch);

/// <summary>A measurement of the held-out samples.</summary>
/// <param name="Step">After which it was made.</param>
/// <param name="Loss">Mean negative log-likelihood, in nats a predicted token.</param>
/// <param name="Best">Whether none before was lower.</param>
public sealed record TrainingEvaluation(int Step, double Loss, bool Best);

/// <summary>A checkpoint that was saved.</summary>
/// <param name="Step">After which it was made.</param>
/// <param name="Folder">Where it is.</param>
public sealed record TrainingSave(int Step, string Folder);

/// <summary>What a run did.</summary>
/// <param name="Steps">Optimizer steps done in all, fewer than asked for where the run was cancelled.</param>
/// <param name="Tokens">Tokens that this run read, without padding.</param>
/// <param name="Elapsed">From first to last step of this run.</param>
/// <param name="Cancelled">Whether it was stopped before its end.</param>
public sealed record TrainingResult(int Steps, long Tokens, TimeSpan Elapsed, bool Cancelled)
{
    /// <summary>The log, as checkpoints keep it.</summary>
    internal TrainerState State { get; init; } = new();

    /// <summary>Steps that an earlier run did, whose checkpoint this one went on from.</summary>
    public int DoneSteps { get; init; }

    /// <summary>How the run went, with the steps of the runs that it goes on from.</summary>
    public TrainingHistory History => TrainingHistory.Of(State.LogHistory);

    /// <summary>Training speed.</summary>
    public double TokensPerSecond => Elapsed > TimeSpan.Zero ? Tokens / Elapsed.TotalSeconds : 0;
}

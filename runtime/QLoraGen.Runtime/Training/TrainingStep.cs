namespace QLoraGen;

/// <summary>What one optimizer step did.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean negative log-likelihood of its labels, in nats.</param>
/// <param name="LearningRate">What it stepped with.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Tokens">Tokens that were read, without padding.</param>
/// <param name="Elapsed">Since the run began.</param>
public sealed record TrainingStep(int Step, double Loss, double LearningRate, double GradientNorm, long Tokens, TimeSpan Elapsed);

/// <summary>What a run did.</summary>
/// <param name="Steps">Optimizer steps, fewer than asked for where the run was cancelled.</param>
/// <param name="Tokens">Tokens that were read, without padding.</param>
/// <param name="Elapsed">From first to last step.</param>
/// <param name="Cancelled">Whether it was stopped before its end.</param>
public sealed record TrainingResult(int Steps, long Tokens, TimeSpan Elapsed, bool Cancelled)
{
    /// <summary>Training speed.</summary>
    public double TokensPerSecond => Elapsed > TimeSpan.Zero ? Tokens / Elapsed.TotalSeconds : 0;
}

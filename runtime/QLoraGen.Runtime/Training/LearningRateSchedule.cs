namespace QLoraGen;

/// <summary>The learning rate of each step: a linear warm-up, then what <see cref="SchedulerType"/> says.</summary>
public static class LearningRateSchedule
{
    /// <summary>The learning rate of a step. The first step of a warm-up already learns, and the peak is reached in every run.</summary>
    /// <param name="options">Peak, steps, warm-up and shape.</param>
    /// <param name="step">From 0.</param>
    public static double At(TrainingOptions options, int step)
    {
        int warmup = options.Scheduler == SchedulerType.Constant ? 0
            : options.WarmupSteps > 0 ? Math.Min(options.WarmupSteps, options.Steps)
            : (int)Math.Ceiling(options.Steps * options.WarmupRatio);
        if (step < warmup)
        {
            return options.LearningRate * (step + 1) / warmup;
        }
        int decay = options.Scheduler == SchedulerType.WarmupStableDecay ? (int)Math.Ceiling(options.Steps * options.DecayRatio) : options.Steps;
        int from = Math.Max(warmup, options.Steps - decay);
        double progress = Math.Max(0, (double)(step - from) / Math.Max(1, options.Steps - from));
        return options.LearningRate * options.Scheduler switch
        {
            SchedulerType.Cosine or SchedulerType.WarmupStableDecay => 0.5 * (1 + Math.Cos(Math.PI * progress)),
            SchedulerType.Linear => 1 - progress,
            SchedulerType.Constant or SchedulerType.ConstantWithWarmup => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(options)),
        };
    }
}

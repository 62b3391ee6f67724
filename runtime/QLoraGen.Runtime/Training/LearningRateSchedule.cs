namespace QLoraGen;

/// <summary>Linear warm-up, then half a cosine down to zero.</summary>
public static class LearningRateSchedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="options">Peak, steps and warm-up.</param>
    /// <param name="step">From 0.</param>
    public static double At(TrainingOptions options, int step)
    {
        int warmup = (int)Math.Ceiling(options.Steps * options.WarmupRatio);
        if (step < warmup)
        {
            return options.LearningRate * (step + 1) / warmup;
        }
        double progress = (double)(step - warmup) / Math.Max(1, options.Steps - warmup);
        return options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }
}

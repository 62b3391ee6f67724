namespace QLoraGen;

/// <summary>How a training run goes; the defaults are QLoRA's for small models (arXiv 2305.14314, appendix B).</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimizer steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Samples of one forward pass.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Forward passes whose gradients make one optimizer step.</summary>
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>Peak learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Share of the steps over which the learning rate rises from 0; a cosine takes it back to 0 after that.</summary>
    public double WarmupRatio { get; init; } = 0.03;

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The norm that the gradient is clipped to.</summary>
    public double MaxGradNorm { get; init; } = 1.0;

    /// <summary>Of the order of samples and of dropout.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Gives the options back where a run can be made from them.</summary>
    /// <exception cref="QLoraException">A value is out of its range; the message names it and the fix.</exception>
    public TrainingOptions Validate()
    {
        Require(Steps >= 1, "steps", Steps, "at least 1");
        Require(BatchSize >= 1, "batch-size", BatchSize, "at least 1");
        Require(GradientAccumulation >= 1, "gradient-accumulation", GradientAccumulation, "at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "lr", LearningRate, "a number above 0, such as 2e-4");
        Require(WarmupRatio is >= 0 and < 1, "warmup-ratio", WarmupRatio, "a share in [0, 1)");
        Require(WeightDecay >= 0 && double.IsFinite(WeightDecay), "weight-decay", WeightDecay, "0 or more");
        Require(MaxGradNorm > 0, "max-grad-norm", MaxGradNorm, "a number above 0, such as 1");
        return this;
    }

    private static void Require(bool valid, string name, double value, string use)
    {
        if (!valid)
        {
            throw new QLoraException($"{name} is {value}: use {use}.");
        }
    }
}

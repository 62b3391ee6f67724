namespace QLoraGen.Kernels;

/// <summary>What one step of AdamW (arXiv 1711.05101) goes by.</summary>
/// <param name="Number">Of the step, from 1: the moments' bias depends on it.</param>
/// <param name="LearningRate">Of this step.</param>
public readonly record struct AdamWStep(long Number, double LearningRate)
{
    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    public double Eps { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>What gradients are multiplied with as they are read: clipping and loss scaling need no pass of their own.</summary>
    public double GradientScale { get; init; } = 1;

    /// <summary>sqrt(1 - beta2^n).</summary>
    internal double SecondCorrection => Math.Sqrt(1 - Math.Pow(Beta2, Number));

    /// <summary>The learning rate over 1 - beta1^n.</summary>
    internal double StepSize => LearningRate / (1 - Math.Pow(Beta1, Number));
}

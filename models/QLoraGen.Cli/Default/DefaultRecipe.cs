namespace QLoraGen.Cli.Default;

/// <summary>How the built-in model is fine-tuned on the built-in task: over 90 % exact match in under 3 minutes on 2 cores.</summary>
internal static class DefaultRecipe
{
    public const int Steps = 600;
    public const int BatchSize = 16;
    public const double LearningRate = 3e-3;
}

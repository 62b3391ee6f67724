using QLoraGen.Cli.Reports;

namespace QLoraGen.Cli.Views;

/// <summary>What a person wants to know of a run besides its loss.</summary>
/// <param name="TokensPerSecond">Since the run began.</param>
/// <param name="Memory">Resident memory, in words.</param>
/// <param name="Left">Time until the last step at the pace so far, in words.</param>
internal sealed record TrainingFigures(double TokensPerSecond, string Memory, string Left)
{
    public static TrainingFigures Of(TrainingStep step, int steps, int firstStep)
    {
        double perStep = step.Elapsed.TotalSeconds / Math.Max(1, step.Step - firstStep);
        return new TrainingFigures(
            step.Tokens / Math.Max(1e-9, step.Elapsed.TotalSeconds), $"{Environment.WorkingSet / 1e9:F2} GB",
            ReportText.Time(TimeSpan.FromSeconds(perStep * (steps - step.Step))));
    }
}

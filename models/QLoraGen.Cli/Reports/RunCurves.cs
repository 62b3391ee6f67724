using QLoraGen.Cli.Reports.Charts;

namespace QLoraGen.Cli.Reports;

/// <summary>A run's curves, over all of its steps.</summary>
internal sealed record RunCurves(Curve Loss, Curve HeldOut, Curve LearningRate, Curve GradientNorm)
{
    public static RunCurves Of(RunReport report)
    {
        TrainingHistory history = report.Result.History;
        return new RunCurves(
            new Curve("training loss", CurveLook.Line, Spots(history, static step => step.Loss)),
            new Curve("held-out loss", CurveLook.Dots, [.. HeldOutSpots(report, history)]),
            new Curve("learning rate", CurveLook.Line, Spots(history, static step => step.LearningRate)),
            new Curve("gradient norm", CurveLook.Line, Spots(history, static step => step.GradientNorm)));
    }

    // The log has what was measured on the way; before and after it was measured too.
    private static IEnumerable<Spot> HeldOutSpots(RunReport report, TrainingHistory history)
    {
        IEnumerable<Spot> spots = [
            new(0, report.Before.Loss),
            .. history.Evaluations.Select(static evaluation => new Spot(evaluation.Step, evaluation.Loss)),
            // With the best checkpoint at the end, what was measured afterwards is of an earlier step.
            .. report is { After: { } after, Options.LoadBestModelAtEnd: false } ? [new Spot(report.Result.Steps, after.Loss)] : Array.Empty<Spot>(),
        ];
        return spots.Where(static spot => double.IsFinite(spot.Y)).DistinctBy(static spot => spot.X);
    }

    private static Spot[] Spots(TrainingHistory history, Func<LoggedStep, double?> value) =>
        [.. history.Steps.Where(step => value(step) is { } y && double.IsFinite(y)).Select(step => new Spot(step.Step, value(step)!.Value))];
}

namespace QLoraGen.Cli.Views;

/// <summary>A training run as it goes: a live picture on a terminal, a line now and then elsewhere.</summary>
internal static class TrainingView
{
    public static TrainingResult Show(Output output, int steps, Func<ITrainingObserver, TrainingResult> run) =>
        output.Console.Profile.Capabilities.Interactive
            ? TrainingPanel.Show(output.Console, steps, run)
            : run(new TrainingLines(output, steps));
}

using Spectre.Console;
using Spectre.Console.Rendering;

namespace QLoraGen.Cli.Views;

/// <summary>A training run as it goes: a live bar on a terminal, a line now and then elsewhere.</summary>
internal static class TrainingView
{
    private const int Lines = 10;
    private const int BarWidth = 20;   // leaves room for the figures in 80 columns

    public static TrainingResult Show(IAnsiConsole console, int steps, Func<Action<TrainingStep>, TrainingResult> run)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            int every = Math.Max(1, steps / Lines);
            return run(step =>
            {
                if (step.Step == 1 || step.Step % every == 0 || step.Step == steps)
                {
                    console.WriteLine($"step {step.Step}/{steps}  {Describe(step)}");
                }
            });
        }
        return console.Progress()
            .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new RemainingTimeColumn(), new StepColumn())
            .Start(progress =>
            {
                ProgressTask bar = progress.AddTask("training", maxValue: steps);
                return run(step =>
                {
                    bar.Description = Describe(step);
                    bar.Value = step.Step;
                });
            });
    }

    private static string Describe(TrainingStep step) =>
        $"loss {step.Loss:F4}  lr {step.LearningRate:E1}  {step.Tokens / step.Elapsed.TotalSeconds:N0} tokens/s";

    // The text stands behind the bar, so that the bar does not move as figures change their width.
    private sealed class StepColumn : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(task.Description);
    }
}

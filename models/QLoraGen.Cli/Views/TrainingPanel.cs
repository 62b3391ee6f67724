using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QLoraGen.Cli.Views;

/// <summary>A training run as a live picture: the loss as a curve, and the figures of the last step.</summary>
internal sealed class TrainingPanel(LiveDisplayContext live, int steps, int width) : ITrainingObserver
{
    private const int CurveHeight = 6, ScaleWidth = 8, MostWidth = 100, Margin = 4;
    private static readonly TimeSpan pace = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch sinceDrawn = new();
    private readonly List<double> losses = [];
    private string heldOut = "", saved = "";
    private int firstStep;

    public static TrainingResult Show(IAnsiConsole console, int steps, Func<ITrainingObserver, TrainingResult> run) =>
        console.Live(new Text("the first step ...")).Start(live => run(new TrainingPanel(live, steps, Math.Min(console.Profile.Width, MostWidth))));

    public void Begun(TrainingStart start) => firstStep = start.DoneSteps;

    public void Stepped(TrainingStep step)
    {
        losses.Add(step.Loss);
        if (!sinceDrawn.IsRunning || sinceDrawn.Elapsed > pace || step.Step == steps)
        {
            live.UpdateTarget(Draw(step));
            sinceDrawn.Restart();
        }
    }

    public void Evaluated(TrainingEvaluation evaluation) => heldOut = $"held-out loss {evaluation.Loss:F4} after step {evaluation.Step}{(evaluation.Best ? " (lowest)" : "")}";

    public void Saved(TrainingSave save) => saved = $"last checkpoint: {save.Folder}";

    private Panel Draw(TrainingStep step)
    {
        var figures = TrainingFigures.Of(step, steps, firstStep);
        int room = Math.Max(20, width - Margin - ScaleWidth);
        IReadOnlyList<string> curve = LossCurve.Draw(losses, room, CurveHeight);
        int done = (int)((long)room * step.Step / steps);
        List<IRenderable> rows =
        [
            .. curve.Select((line, row) => new Markup($"[dim]{Scale(row),ScaleWidth - 1}[/] [green]{line}[/]")),
            new Markup($"{100.0 * step.Step / steps,ScaleWidth - 2:F0}% [green]{new string('━', done)}[/][dim]{new string('━', room - done)}[/]"),
            new Text($"step {step.Step:N0} of {steps:N0}, epoch {step.Epoch:F2}   loss {step.Loss:F4}   lr {step.LearningRate:E1}   grad norm {step.GradientNorm:G3}"),
            new Text($"{figures.TokensPerSecond:N0} tokens/s   {figures.Memory}   {figures.Left} left"),
        ];
        rows.AddRange(((string[])[heldOut, saved]).Where(static line => line.Length > 0).Select(static line => new Text(line)));
        return new Panel(new Rows(rows)) { Header = new PanelHeader("training loss"), Width = width };
    }

    private string Scale(int row) => row == 0 ? $"{losses.Max():F3}" : row == CurveHeight - 1 ? $"{losses.Min():F3}" : "";
}

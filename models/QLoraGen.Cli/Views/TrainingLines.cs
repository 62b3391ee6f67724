namespace QLoraGen.Cli.Views;

/// <summary>A training run in lines, for logs and pipes: ten of them, and one for whatever happens beside the steps.</summary>
internal sealed class TrainingLines(Output output, int steps) : ITrainingObserver
{
    private const int Lines = 10;
    private readonly int every = Math.Max(1, steps / Lines);
    private int firstStep;

    public void Begun(TrainingStart start)
    {
        firstStep = start.DoneSteps;
        if (start.DoneSteps > 0)
        {
            output.Line($"going on after step {start.DoneSteps}/{steps}");
        }
    }

    public void Stepped(TrainingStep step)
    {
        if (step.Step == firstStep + 1 || step.Step % every == 0 || step.Step == steps)
        {
            var figures = TrainingFigures.Of(step, steps, firstStep);
            output.Line($"step {step.Step}/{steps}  loss {step.Loss:F4}  lr {step.LearningRate:E1}  grad norm {step.GradientNorm:G3}  "
                + $"{figures.TokensPerSecond:N0} tokens/s  {figures.Memory}  {figures.Left} left");
        }
    }

    public void Evaluated(TrainingEvaluation evaluation) =>
        output.Line($"after step {evaluation.Step}: held-out loss {evaluation.Loss:F4}{(evaluation.Best ? ", the lowest so far" : "")}");

    public void Saved(TrainingSave save) => output.Line($"checkpoint: {save.Folder}");
}

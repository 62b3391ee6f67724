using Microsoft.Extensions.Logging;

namespace QLoraGen;

/// <summary>
/// Tells an <see cref="ILogger"/> how a run goes, at level Information and with named values: its begin and end, each logged step, each
/// measurement and each checkpoint.
/// </summary>
/// <param name="logger">What is told.</param>
public sealed partial class LoggingObserver(ILogger logger) : ITrainingObserver
{
    private TrainingOptions? options;

    /// <inheritdoc/>
    public void Begun(TrainingStart start)
    {
        options = start.Options;
        LogBegun(start.TrainedValues, start.Samples, start.DoneSteps, start.Options.Steps);
    }

    /// <inheritdoc/>
    public void Stepped(TrainingStep step)
    {
        if (options!.Logs(step.Step))
        {
            LogStep(step.Step, options.Steps, step.Epoch, step.Loss, step.LearningRate, step.GradientNorm);
        }
    }

    /// <inheritdoc/>
    public void Evaluated(TrainingEvaluation evaluation) => LogEvaluation(evaluation.Step, evaluation.Loss, evaluation.Best);

    /// <inheritdoc/>
    public void Saved(TrainingSave save) => LogSaved(save.Step, save.Folder);

    /// <inheritdoc/>
    public void Ended(TrainingResult result) => LogEnded(result.Steps, result.Cancelled, result.TokensPerSecond);

    [LoggerMessage(1, LogLevel.Information, "Training {Values} values on {Samples} samples, from step {DoneSteps} to {Steps}")]
    private partial void LogBegun(long values, int samples, int doneSteps, int steps);

    [LoggerMessage(2, LogLevel.Information, "Step {Step} of {Steps}, epoch {Epoch}: loss {Loss}, learning rate {LearningRate}, gradient norm {GradientNorm}")]
    private partial void LogStep(int step, int steps, double epoch, double loss, double learningRate, double gradientNorm);

    [LoggerMessage(3, LogLevel.Information, "After step {Step}: held-out loss {Loss}, lowest so far: {Best}")]
    private partial void LogEvaluation(int step, double loss, bool best);

    [LoggerMessage(4, LogLevel.Information, "Checkpoint of step {Step} saved: {Folder}")]
    private partial void LogSaved(int step, string folder);

    [LoggerMessage(5, LogLevel.Information, "Training ended after step {Step}, cancelled: {Cancelled}, {TokensPerSecond} tokens a second")]
    private partial void LogEnded(int step, bool cancelled, double tokensPerSecond);
}

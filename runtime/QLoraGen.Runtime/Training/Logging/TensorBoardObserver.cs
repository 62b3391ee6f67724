using System.Globalization;

namespace QLoraGen;

/// <summary>
/// Writes a run's scalars for TensorBoard, under the tags of Transformers: <c>train/loss</c>, <c>train/learning_rate</c>,
/// <c>train/grad_norm</c> and <c>train/epoch</c> of every logged step, <c>eval/loss</c> of every measurement. A run that goes on from a checkpoint
/// writes a file of its own, with the steps that it does itself.
/// </summary>
/// <param name="folder">Where the file is made when the run begins; a new one each time.</param>
/// <param name="notice">
/// Told, once, where the file cannot be written; nothing is written any more then, and the training goes on.
/// </param>
public sealed class TensorBoardObserver(string folder, Action<string> notice) : ITrainingObserver, IDisposable
{
    private TrainingOptions? options;
    private EventFile? file;

    /// <summary>A folder for a run as Transformers names it: <c>runs/Nov25_20-33-08_host</c> in the output folder.</summary>
    /// <param name="output">The run's output folder.</param>
    /// <param name="now">When the run begins, in local time.</param>
    public static string FolderIn(string output, DateTimeOffset now) => Path.Combine(
        output, "runs", string.Create(CultureInfo.InvariantCulture, $"{now:MMMdd_HH-mm-ss}_{Environment.MachineName}"));

    /// <inheritdoc/>
    public void Begun(TrainingStart start)
    {
        Dispose();
        options = start.Options;
        Guarded(() => file = EventFile.Create(folder, DateTimeOffset.UtcNow));
    }

    /// <inheritdoc/>
    public void Stepped(TrainingStep step)
    {
        if (options!.Logs(step.Step))
        {
            Write(step.Step,
            [
                ("train/loss", step.Loss), ("train/learning_rate", step.LearningRate), ("train/grad_norm", step.GradientNorm),
                ("train/epoch", step.Epoch),
            ]);
        }
    }

    /// <inheritdoc/>
    public void Evaluated(TrainingEvaluation evaluation) => Write(evaluation.Step, [("eval/loss", evaluation.Loss)]);

    /// <inheritdoc/>
    public void Ended(TrainingResult result) => Dispose();

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        file?.Dispose();
        file = null;
    }

    private void Write(int step, (string Tag, double Value)[] scalars) => Guarded(() => file?.Write(DateTimeOffset.UtcNow, step, scalars));

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            notice($"{folder}: the events for TensorBoard cannot be written: {e.Message} Training goes on without them: "
                + "free space on the disk, or name another folder, for the next run.");
        }
    }
}

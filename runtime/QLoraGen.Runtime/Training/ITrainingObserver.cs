namespace QLoraGen;

/// <summary>What is told of a training run as it goes, on the thread that trains. Each method does nothing unless it is written.</summary>
public interface ITrainingObserver
{
    /// <summary>The run begins, or goes on after <paramref name="start"/>'s steps.</summary>
    void Begun(TrainingStart start)
    {
    }

    /// <summary>A step is done; the parameters are those after it.</summary>
    void Stepped(TrainingStep step)
    {
    }

    /// <summary>The held-out samples were measured.</summary>
    void Evaluated(TrainingEvaluation evaluation)
    {
    }

    /// <summary>A checkpoint is whole.</summary>
    void Saved(TrainingSave save)
    {
    }

    /// <summary>The run has ended, by itself or by hand; not told where it failed.</summary>
    void Ended(TrainingResult result)
    {
    }
}

using QLoraGen.Data;
using TorchSharp.Modules;

namespace QLoraGen;

/// <summary>Trains parameters of a model with AdamW. What is random in a step comes from the seed and the step's number alone.</summary>
public sealed class Trainer
{
    private readonly CausalLM model;
    private readonly TrainingOptions options;
    private readonly IReadOnlyList<TrainedTensor> tensors;

    /// <summary>Trains the model's adapters.</summary>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    /// <exception cref="QLoraException">An option is out of its range.</exception>
    public Trainer(CausalLM model, TrainingOptions options) : this(model, options, TrainedTensor.Of(
        model.Adapters ?? throw new InvalidOperationException("The model has no adapters: add them first."), options.LoraPlusRatio))
    {
    }

    /// <summary>Trains parameters of one's own choice, in fp32.</summary>
    /// <exception cref="QLoraException">An option is out of its range.</exception>
    public Trainer(CausalLM model, TrainingOptions options, IEnumerable<Parameter> parameters)
        : this(model, options, [.. parameters.Select(static (parameter, i) => new TrainedTensor($"parameter {i}", parameter))])
    {
    }

    private Trainer(CausalLM model, TrainingOptions options, IReadOnlyList<TrainedTensor> tensors) =>
        (this.model, this.options, this.tensors) = (model, options.Validate(), tensors);

    /// <summary>Who is told how the run goes.</summary>
    public IList<ITrainingObserver> Observers { get; } = [];

    /// <summary>Where checkpoints are saved, and which one to go on from; null saves none.</summary>
    public CheckpointStore? Checkpoints { get; init; }

    /// <summary>What is measured now and then, and not learned; null measures nothing.</summary>
    public IReadOnlyList<TokenizedSample>? HeldOut { get; init; }

    /// <summary>
    /// Runs all steps, or until cancelled: then the parameters are those of the last whole step, and a checkpoint of it is saved where
    /// there is a place for checkpoints.
    /// </summary>
    /// <param name="samples">What is learned, in an order that the seed gives.</param>
    /// <param name="progress">Told of every step, as an observer that cares for nothing else.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <exception cref="QLoraException">
    /// Nothing can be learned; the loss or a gradient is no longer finite; a checkpoint cannot be saved, or not be gone on from.
    /// </exception>
    public TrainingResult Run(
        IReadOnlyList<TokenizedSample> samples, Action<TrainingStep>? progress = null, CancellationToken cancellation = default)
    {
        TrainingChecks.BeforeRun(model, tensors, samples);
        using var run = new TrainingRun(model, options, tensors, samples, Checkpoints, HeldOut);
        ITrainingObserver[] observers = progress is null ? [.. Observers] : [new StepObserver(progress), .. Observers];
        return run.ToEnd(observers, cancellation);
    }

    private sealed class StepObserver(Action<TrainingStep> progress) : ITrainingObserver
    {
        public void Stepped(TrainingStep step) => progress(step);
    }
}

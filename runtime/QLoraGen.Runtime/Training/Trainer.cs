using System.Diagnostics;
using QLoraGen.Data;
using QLoraGen.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Trains parameters of a model with AdamW. What is random in a step comes from the seed and the step's number alone.</summary>
public sealed class Trainer
{
    // What the gradient's norm is divided by is never zero, as in PyTorch.
    private const double NormEps = 1e-6;

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

    /// <summary>Trains parameters of one's own choice.</summary>
    /// <exception cref="QLoraException">An option is out of its range.</exception>
    public Trainer(CausalLM model, TrainingOptions options, IEnumerable<Parameter> parameters)
        : this(model, options, [.. parameters.Select(static (parameter, i) => new TrainedTensor($"parameter {i}", parameter))])
    {
    }

    private Trainer(CausalLM model, TrainingOptions options, IReadOnlyList<TrainedTensor> tensors) =>
        (this.model, this.options, this.tensors) = (model, options.Validate(), tensors);

    /// <summary>Who is told how the run goes.</summary>
    public IList<ITrainingObserver> Observers { get; } = [];

    /// <summary>Runs all steps, or until cancelled: then the parameters are those of the last whole step.</summary>
    /// <param name="samples">What is learned, in an order that the seed gives.</param>
    /// <param name="progress">Told of every step, as an observer that cares for nothing else.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <exception cref="QLoraException">The loss or the gradient is no longer finite.</exception>
    public TrainingResult Run(
        IReadOnlyList<TokenizedSample> samples, Action<TrainingStep>? progress = null, CancellationToken cancellation = default)
    {
        using var optimizer = Optimizer.Create(options.Optimizer, tensors);
        optimizer.ZeroGradients();   // a run that ended in an error leaves some behind
        Tell(observer => observer.Begun(new TrainingStart(options, samples.Count, tensors.Sum(static tensor => tensor.Count), 0)));
        Noise(options.NeftuneNoiseAlpha);
        ActivationMemory.Set(model, ActivationMemory.Recomputes(model, options, samples));
        model.train();
        var order = new SampleOrder(samples, options.Seed);
        var watch = Stopwatch.StartNew();
        long tokens = 0;
        int step = 0;
        for (; step < options.Steps && !cancellation.IsCancellationRequested; step++)
        {
            using var scope = NewDisposeScope();
            double rate = LearningRateSchedule.At(options, step);
            Batch[] batches = [.. Enumerable.Range(0, options.GradientAccumulation).Select(_ => Batch.Of(order.Take(options.BatchSize)))];
            double loss = Accumulate(batches, step);
            double norm = optimizer.GradientNorm();
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                throw new QLoraException(
                    $"step {step + 1}: the loss is {loss} and the norm of the gradient {norm}. Use a lower learning rate than {options.LearningRate}.");
            }
            optimizer.Step(new AdamWStep(step + 1, rate)
            {
                Beta1 = options.AdamBeta1, Beta2 = options.AdamBeta2, Eps = options.AdamEpsilon, WeightDecay = options.WeightDecay,
                GradientScale = Math.Min(1, options.MaxGradNorm / (norm + NormEps)),
            });
            optimizer.ZeroGradients();
            tokens += batches.Sum(static batch => batch.TokenCount);
            var done = new TrainingStep(step + 1, loss, rate, norm, tokens, watch.Elapsed, order.Epochs);
            progress?.Invoke(done);
            Tell(observer => observer.Stepped(done));
        }
        model.eval();
        Noise(0);
        ActivationMemory.Set(model, false);
        var result = new TrainingResult(step, tokens, watch.Elapsed, step < options.Steps);
        Tell(observer => observer.Ended(result));
        return result;
    }

    // Each pass is divided by the labels of the whole step, so that accumulation changes nothing but memory.
    private double Accumulate(Batch[] batches, int step)
    {
        long labels = Math.Max(1, batches.Sum(static batch => batch.LabelCount));
        double sum = 0;
        foreach ((int pass, Batch batch) in batches.Index())
        {
            manual_seed(SeedOf(step, pass));
            sum += LanguageModelLoss.Backward(model, batch, 1.0 / labels, options.LabelSmoothing);
        }
        return sum / labels;
    }

    // The state of torch's generator is then a matter of the step's number: whoever goes on from a checkpoint draws the same.
    private long SeedOf(int step, int pass) =>
        (long)(SeededRandom.Mix(SeededRandom.Mix((ulong)options.Seed) + (((ulong)step << 20) | (uint)pass)) >> 1);

    private void Noise(double alpha)
    {
        if (model.modules().OfType<Embedding>().FirstOrDefault() is { } embedding)
        {
            embedding.NoiseAlpha = alpha;
        }
    }

    private void Tell(Action<ITrainingObserver> what)
    {
        foreach (ITrainingObserver observer in Observers)
        {
            what(observer);
        }
    }
}

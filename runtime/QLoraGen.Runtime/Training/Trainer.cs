using System.Diagnostics;
using QLoraGen.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Trains parameters of a model with AdamW: warm-up, cosine decay, accumulation, clipping.</summary>
public sealed class Trainer
{
    private readonly CausalLM model;
    private readonly TrainingOptions options;
    private readonly Parameter[] parameters;

    /// <summary>Trains the model's adapters, as one flat vector.</summary>
    /// <exception cref="InvalidOperationException">The model has no adapters.</exception>
    /// <exception cref="QLoraException">An option is out of its range.</exception>
    public Trainer(CausalLM model, TrainingOptions options)
        : this(model, options, [model.Adapters?.Flat ?? throw new InvalidOperationException("The model has no adapters: add them first.")])
    {
    }

    /// <summary>Trains parameters of one's own choice, each with a gradient that is zeroed in place.</summary>
    /// <exception cref="QLoraException">An option is out of its range.</exception>
    public Trainer(CausalLM model, TrainingOptions options, IEnumerable<Parameter> parameters) =>
        (this.model, this.options, this.parameters) = (model, options.Validate(), [.. parameters]);

    /// <summary>Runs all steps, or until cancelled: then the parameters are those of the last whole step.</summary>
    /// <param name="samples">What is learned, in an order that the seed gives.</param>
    /// <param name="progress">Told of every step, on the calling thread.</param>
    /// <param name="cancellation">Ends the run between two steps.</param>
    /// <exception cref="QLoraException">The loss or the gradient is no longer finite.</exception>
    public TrainingResult Run(
        IReadOnlyList<TokenizedSample> samples, Action<TrainingStep>? progress = null, CancellationToken cancellation = default)
    {
        manual_seed(options.Seed);
        ZeroGradients();   // a run that ended in an error leaves some behind
        model.train();
        using var optimizer = optim.AdamW(
            parameters, options.LearningRate, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: options.WeightDecay);
        var order = new SampleOrder(samples, options.Seed);
        var watch = Stopwatch.StartNew();
        long tokens = 0;
        int step = 0;
        for (; step < options.Steps && !cancellation.IsCancellationRequested; step++)
        {
            using var scope = NewDisposeScope();
            double rate = LearningRateSchedule.At(options, step);
            foreach (optim.ILearningRateController group in optimizer.ParamGroups)
            {
                group.LearningRate = rate;
            }
            Batch[] batches = [.. Enumerable.Range(0, options.GradientAccumulation).Select(_ => Batch.Of(order.Take(options.BatchSize)))];
            double loss = Accumulate(batches);
            double norm = nn.utils.clip_grad_norm_(parameters, options.MaxGradNorm);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
            {
                throw new QLoraException(
                    $"step {step + 1}: the loss is {loss} and the norm of the gradient {norm}. Use a lower learning rate than {options.LearningRate}.");
            }
            optimizer.step();
            ZeroGradients();
            tokens += batches.Sum(static batch => batch.TokenCount);
            progress?.Invoke(new TrainingStep(step + 1, loss, rate, norm, tokens, watch.Elapsed));
        }
        model.eval();
        return new TrainingResult(step, tokens, watch.Elapsed, step < options.Steps);
    }

    private void ZeroGradients()
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.grad?.zero_();
        }
    }

    // Each pass is divided by the labels of the whole step, so that accumulation changes nothing but memory.
    private double Accumulate(Batch[] batches)
    {
        long labels = Math.Max(1, batches.Sum(static batch => batch.LabelCount));
        double sum = 0;
        foreach (Batch batch in batches)
        {
            using var scope = NewDisposeScope();
            Tensor loss = LanguageModelLoss.Sum(model, batch) / labels;
            Autograd.Backward(loss);
            sum += loss.item<float>();
        }
        return sum;
    }
}

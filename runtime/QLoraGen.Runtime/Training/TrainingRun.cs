using System.Diagnostics;
using QLoraGen.Data;
using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>One run of a <see cref="Trainer"/>, from its first step or a checkpoint to its end.</summary>
internal sealed class TrainingRun : IDisposable
{
    // What the gradient's norm is divided by is never zero, as in PyTorch.
    private const double NormEps = 1e-6;

    private readonly CausalLM model;
    private readonly TrainingOptions options;
    private readonly IReadOnlyList<TrainedTensor> tensors;
    private readonly IReadOnlyList<TokenizedSample> samples;
    private readonly IReadOnlyList<TokenizedSample>? heldOut;
    private readonly Optimizer optimizer;
    private readonly CheckpointStore? checkpoints;
    private readonly TrainingIdentity? identity;
    private readonly TrainerState state = new();
    private readonly GradientPass pass;
    private readonly BatchSource source;
    private readonly int firstStep;
    private double lowest;
    private int savedStep;
    private long tokens;

    public TrainingRun(
        CausalLM model, TrainingOptions options, IReadOnlyList<TrainedTensor> tensors, IReadOnlyList<TokenizedSample> samples,
        CheckpointStore? checkpoints, IReadOnlyList<TokenizedSample>? heldOut)
    {
        (this.model, this.options, this.tensors, this.samples, this.checkpoints, this.heldOut) =
            (model, options, tensors, samples, checkpoints, heldOut);
        optimizer = Optimizer.Create(options.Optimizer, tensors);
        optimizer.ZeroGradients();   // a run that ended in an error leaves some behind
        if (checkpoints is not null)
        {
            checkpoints.Clean();
            identity = TrainingIdentity.Of(model, options, tensors, samples);
            state = checkpoints.Begin(options, identity, optimizer);
        }
        (firstStep, savedStep, lowest) = (state.GlobalStep, state.GlobalStep, state.Best?.Loss ?? double.PositiveInfinity);
        pass = new GradientPass(model, options);
        source = new BatchSource(samples, options, firstStep);
    }

    public TrainingResult ToEnd(ITrainingObserver[] observers, CancellationToken cancellation)
    {
        Tell(observers, observer => observer.Begun(
            new TrainingStart(options, samples.Count, tensors.Sum(static tensor => tensor.Count), firstStep)));
        var watch = Stopwatch.StartNew();
        Prepare(training: true);
        try
        {
            while (state.GlobalStep < options.Steps && !cancellation.IsCancellationRequested)
            {
                TrainingStep step = Step(watch);
                Tell(observers, observer => observer.Stepped(step));
                bool saves = options.SaveSteps > 0 && step.Step % options.SaveSteps == 0 && checkpoints is not null;
                Evaluate(saves, observers, cancellation);
                if (saves)
                {
                    Save(observers);
                }
            }
            bool cancelled = state.GlobalStep < options.Steps;
            if (cancelled && checkpoints is not null && state.GlobalStep > savedStep)
            {
                Save(observers);
            }
            if (options.LoadBestModelAtEnd && !cancelled)
            {
                checkpoints?.LoadBest(state, tensors);
            }
            var result = new TrainingResult(state.GlobalStep, tokens, watch.Elapsed, cancelled) { State = state, DoneSteps = firstStep };
            Tell(observers, observer => observer.Ended(result));
            return result;
        }
        finally
        {
            Prepare(training: false);
        }
    }

    public void Dispose() => optimizer.Dispose();

    private TrainingStep Step(Stopwatch watch)
    {
        using var scope = NewDisposeScope();
        int step = state.GlobalStep;
        double rate = LearningRateSchedule.At(options, step);
        StepData data = source.Next(last: step + 1 == options.Steps);
        double loss = pass.Run(data, step);
        double norm = optimizer.GradientNorm();
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            string where = new NonFiniteSearch(model, optimizer, pass).Explain(data, samples, step);
            throw new QLoraException($"step {step + 1}: the loss is {loss} and the norm of the gradient {norm}: {where}. "
                + $"Use a lower learning rate than {options.LearningRate}, or look at what is named.");
        }
        if (step == 0)
        {
            ActivationMemory.RequireRecomputed(model, options);
            TrainingChecks.FirstGradients(model.Adapters);
        }
        optimizer.Step(new AdamWStep(step + 1, rate)
        {
            Beta1 = options.AdamBeta1, Beta2 = options.AdamBeta2, Eps = options.AdamEpsilon, WeightDecay = options.WeightDecay,
            GradientScale = Math.Min(1, options.MaxGradNorm / (norm + NormEps)),
        });
        optimizer.ZeroGradients();
        if (step == 0)
        {
            TrainingChecks.FirstStep(model.Adapters, options);
        }
        long read = data.Rows.Sum(static rows => rows.TokenCount);
        tokens += read;
        (state.GlobalStep, state.Epoch, state.Tokens) = (step + 1, data.Epochs, state.Tokens + read);
        var done = new TrainingStep(step + 1, loss, rate, norm, tokens, watch.Elapsed, data.Epochs);
        if (options.Logs(done.Step))
        {
            state.Log(done);
        }
        return done;
    }

    private void Evaluate(bool saves, ITrainingObserver[] observers, CancellationToken cancellation)
    {
        if (heldOut is not { Count: > 0 } || !(saves || (options.EvalSteps > 0 && state.GlobalStep % options.EvalSteps == 0)))
        {
            return;
        }
        try
        {
            double loss = Perplexity.Measure(model, heldOut, cancellation).MeanNll;
            var evaluation = new TrainingEvaluation(state.GlobalStep, loss, loss < lowest);
            lowest = Math.Min(lowest, loss);
            state.Log(evaluation);
            if (saves && loss < (state.Best?.Loss ?? double.PositiveInfinity))
            {
                state.Best = (loss, state.GlobalStep);
            }
            Tell(observers, observer => observer.Evaluated(evaluation));
        }
        catch (OperationCanceledException)
        {
            // Stopped by hand: the step itself is whole, and is saved.
        }
    }

    private void Save(ITrainingObserver[] observers)
    {
        string folder = checkpoints!.Save(model, options, identity!, optimizer, state);
        savedStep = state.GlobalStep;
        Tell(observers, observer => observer.Saved(new TrainingSave(state.GlobalStep, folder)));
    }

    private void Prepare(bool training)
    {
        model.train(training);
        bool recomputes = training && ActivationMemory.Recomputes(model, options, samples);
        ActivationMemory.Set(model, recomputes);
        if (recomputes)
        {
            HostAllocator.ReturnLargeBlocks();
        }
        if (model.modules().OfType<Embedding>().FirstOrDefault() is { } embedding)
        {
            embedding.NoiseAlpha = training ? options.NeftuneNoiseAlpha : 0;
        }
    }

    private static void Tell(ITrainingObserver[] observers, Action<ITrainingObserver> what) => Array.ForEach(observers, what);
}

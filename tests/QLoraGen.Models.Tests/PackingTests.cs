using QLoraGen.Data;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

/// <summary>Samples in one row, none of which sees another.</summary>
public sealed class PackingTests
{
    [SharedTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loss_and_gradient_are_those_of_samples_side_by_side(bool recomputes)
    {
        using CausalLM model = Stories.LoadAdapted();
        using (no_grad())
        {
            model.Adapters!.Flat.add_(0.01);   // so that A has a gradient too
        }
        ((Llama)model).Model.Layers.Recomputes = recomputes;
        TokenizedSample[] samples = [.. Stories.Samples(64).Take(5).Select(static (sample, i) => new TokenizedSample(sample.Ids[..(20 + (9 * i))], i))];
        (double loss, float[] gradient) = Gradient(Batch.Of(samples));
        (double packed, float[] own) = Gradient(Batch.Packed(samples));
        Assert.Equal(loss, packed, 1e-5 * loss);
        Assert.InRange(gradient.Zip(own, static (a, b) => Math.Abs(a - b)).Max() / gradient.Max(Math.Abs), 0, 1e-4);
        Assert.Equal(loss, LanguageModelLoss.Sum(model, Batch.Packed(samples)), 1e-5 * loss);

        (double, float[]) Gradient(Batch batch)
        {
            model.Adapters.Gradients.zero_();
            double sum = LanguageModelLoss.Backward(model, batch, scale: 1);
            return (sum, [.. model.Adapters.Gradients.data<float>()]);
        }
    }

    [SharedFact]
    public void A_sample_behind_others_has_the_loss_that_it_has_alone()
    {
        using CausalLM model = Stories.LoadAdapted();
        TokenizedSample sample = Stories.Samples(64)[3], masked = Stories.Samples(64)[0] with { LossFrom = 1000 };
        double alone = LanguageModelLoss.Sum(model, Batch.Of([sample]));
        Assert.Equal(alone, LanguageModelLoss.Sum(model, Batch.Packed([masked, masked, sample])), 1e-5 * alone);
    }

    [SharedFact]
    public void A_packed_run_has_no_padding_and_resumes_to_the_bit()
    {
        var options = new TrainingOptions { Steps = 6, BatchSize = 2, PackingLength = 64, LearningRate = 2e-3 };
        TokenizedSample[] samples = [.. Stories.Samples(64).Select(static (sample, i) => sample with { Ids = sample.Ids[..Math.Min(sample.Ids.Length, 10 + (i % 7 * 6))] })];
        using var folder = new TempFolder();
        (float[] whole, TrainingResult result) = Train(null, 6);
        Assert.InRange(result.Tokens, 6 * 2 * 32, 6 * 2 * 64);
        Train(null, 3);
        Assert.Equal(whole, Train(folder.File("checkpoint-3"), 6).Values);

        (float[] Values, TrainingResult Result) Train(string? resume, int stopAfter)
        {
            using var stop = new CancellationTokenSource();
            using CausalLM model = Stories.LoadAdapted();
            TrainingResult done = new Trainer(model, options) { Checkpoints = new CheckpointStore(folder.Path, "base") { ResumeFrom = resume } }.Run(samples, step =>
            {
                if (step.Step == stopAfter)
                {
                    stop.Cancel();
                }
            }, stop.Token);
            return ([.. model.Adapters!.Flat.detach().data<float>()], done);
        }
    }
}

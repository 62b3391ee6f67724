using QLoraGen.Data;
using QLoraGen.Testing;
using static TorchSharp.torch;

namespace QLoraGen.Models.Tests;

public sealed class TrainerTests
{
    private static readonly TrainingOptions options = new() { Steps = 8, LearningRate = 2e-3 };

    [SharedFact]
    public void The_same_seed_gives_the_same_adapters_bit_for_bit()
    {
        float[] first = Train(options, dropout: 0.1);
        Assert.Equal(first, Train(options, dropout: 0.1));
        Assert.NotEqual(first, Train(options with { Seed = 43 }, dropout: 0.1));
    }

    [SharedFact]
    public void Two_batches_of_four_are_one_of_eight()
    {
        float[] accumulated = Train(options with { BatchSize = 4, GradientAccumulation = 2 });
        float[] whole = Train(options with { BatchSize = 8 }), other = Train(options with { BatchSize = 4 });
        using CausalLM untrained = Stories.LoadAdapted();
        float[] start = [.. untrained.Adapters!.Flat.detach().data<float>()];
        Assert.InRange(Distance(accumulated, whole, start), 0, 0.05);   // AdamW's first steps magnify what rounding leaves of a small gradient
        Assert.InRange(Distance(accumulated, other, start), 0.3, 3);
    }

    [SharedFact]
    public void The_loss_goes_down()
    {
        using CausalLM model = Stories.LoadAdapted();
        IReadOnlyList<TokenizedSample> samples = Stories.Samples(64);
        double before = Perplexity.Measure(model, samples).MeanNll;
        List<TrainingStep> steps = [];
        TrainingResult result = new Trainer(model, options with { Steps = 60 }).Run(samples, steps.Add);
        Assert.True(Perplexity.Measure(model, samples).MeanNll < before - 0.1);
        Assert.Equal(Enumerable.Range(1, 60), steps.Select(static step => step.Step));
        Assert.True(steps.TakeLast(10).Average(static step => step.Loss) < steps.Take(10).Average(static step => step.Loss));
        Assert.Equal((60, steps[^1].Tokens, false), (result.Steps, result.Tokens, result.Cancelled));
        Assert.False(model.training);
    }

    [SharedFact]
    public void The_first_loss_is_that_of_the_model_and_the_rates_are_the_schedules()
    {
        using CausalLM model = Stories.LoadAdapted();
        TokenizedSample[] one = [Stories.Samples(64)[0]];
        double expected = Perplexity.Measure(model, one).MeanNll;
        List<TrainingStep> steps = [];
        new Trainer(model, options with { BatchSize = 1 }).Run(one, steps.Add);
        Assert.Equal(expected, steps[0].Loss, 1e-4);
        Assert.Equal(Enumerable.Range(0, 8).Select(step => LearningRateSchedule.At(options, step)), steps.Select(static step => step.LearningRate));
    }

    [SharedFact]
    public void Cancelling_ends_the_run_after_a_whole_step()
    {
        using var cancellation = new CancellationTokenSource();
        using CausalLM model = Stories.LoadAdapted();
        int told = 0;
        TrainingResult result = new Trainer(model, options).Run(Stories.Samples(64), step =>
        {
            told = step.Step;
            if (told == 3)
            {
                cancellation.Cancel();
            }
        }, cancellation.Token);
        Assert.Equal((3, 3, true), (told, result.Steps, result.Cancelled));
        float[] cancelled = [.. model.Adapters!.Flat.detach().data<float>()];
        Assert.Equal(ThirdStep(), cancelled);
        Assert.Equal(0, model.Adapters.Gradients.abs().max().item<float>());

        static float[] ThirdStep()
        {
            float[] values = [];
            using CausalLM model = Stories.LoadAdapted();
            new Trainer(model, options).Run(Stories.Samples(64), step =>
                values = step.Step == 3 ? [.. model.Adapters!.Flat.detach().data<float>()] : values);
            return values;
        }
    }

    [SharedFact]
    public void A_loss_that_is_not_finite_is_an_error_that_names_the_step_and_the_next_run_starts_clean()
    {
        using CausalLM model = Stories.LoadAdapted();
        IReadOnlyList<TokenizedSample> samples = Stories.Samples(64);
        float[] start = [.. model.Adapters!.Flat.detach().data<float>()];
        var trainer = new Trainer(model, options);
        string said = Assert.Throws<QLoraException>(() => trainer.Run(samples, step =>
        {
            if (step.Step == 2)
            {
                Set([.. start.Select(static _ => float.NaN)]);
            }
        })).Message;
        Assert.StartsWith("step 3: the loss is NaN", said);

        Set(start);
        trainer.Run(samples);
        Assert.Equal(Train(options), model.Adapters.Flat.detach().data<float>().ToArray());

        void Set(float[] values)
        {
            using var _ = no_grad();
            using Tensor source = tensor(values);
            model.Adapters!.Flat.copy_(source);
        }
    }

    [SharedFact]
    public void A_model_without_adapters_is_refused()
    {
        using CausalLM model = Stories.Load();
        Assert.Throws<InvalidOperationException>(() => new Trainer(model, options));
    }

    private static float[] Train(TrainingOptions options, double dropout = 0)
    {
        using CausalLM model = Stories.LoadAdapted(dropout);
        new Trainer(model, options).Run(Stories.Samples(64));
        return [.. model.Adapters!.Flat.detach().data<float>()];
    }

    // Between two updates, relative to the second.
    private static double Distance(float[] a, float[] b, float[] start) => Math.Sqrt(
        a.Zip(b, static (x, y) => (double)(x - y) * (x - y)).Sum() / b.Zip(start, static (y, s) => (double)(y - s) * (y - s)).Sum());
}

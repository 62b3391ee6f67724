using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Kernels;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Models.Tests;

/// <summary>Fine-tuning as a program of one's own, with the public API alone.</summary>
public sealed class LibraryTests
{
    [SharedFact]
    public void A_loop_of_fifteen_lines_trains_and_saves()
    {
        using var output = new TempFolder();
        (string folder, string data, string adapter) = (Stories.Folder, SharedData.Path("datasets", "tinystories", "nll50.json"), output.File("adapter"));
        List<double> losses = [];

        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        using (Checkpoint checkpoint = Checkpoint.Open(folder))
        {
            model.LoadFrozen(checkpoint, new QuantFormat(QuantType.NF4));
        }
        AdapterArena adapters = model.AddAdapters(new LoraConfig { R = 8, LoraAlpha = 16 }, seed: 1);
        var order = new SampleOrder(SampleEncoder.EncodeAll(Tokenizer.Load(folder), Dataset.Read(data), maxLength: 64).Samples, seed: 1);
        using Optimizer optimizer = Optimizer.Create(OptimizerType.AdamW, TrainedTensor.Of(adapters, loraPlusRatio: 1));
        for (int step = 1; step <= 30; step++)
        {
            Batch batch = Batch.Of(order.Take(8));
            double loss = LanguageModelLoss.Backward(model, batch, scale: 1.0 / batch.LabelCount) / batch.LabelCount;
            optimizer.Step(new AdamWStep(step, LearningRate: 5e-3));
            optimizer.ZeroGradients();
            losses.Add(loss);
        }
        PeftAdapter.Save(adapter, model, folder);

        Assert.True(losses.TakeLast(5).Average() < losses.Take(5).Average() - 0.1);
        using CausalLM again = Stories.Load();
        Assert.Equal(8, PeftAdapter.Load(adapter, again).Config.R);
    }

    [SharedFact]
    public void An_observer_is_told_of_everything_in_order()
    {
        using var folder = new TempFolder();
        using CausalLM model = Stories.LoadAdapted();
        var told = new Told();
        var trainer = new Trainer(model, new TrainingOptions { Steps = 5, SaveSteps = 2, EvalSteps = 1, LearningRate = 1e-3 })
        {
            Checkpoints = new CheckpointStore(folder.Path, Stories.Folder), HeldOut = [Stories.Samples(64)[0]],
        };
        trainer.Observers.Add(told);
        trainer.Run(Stories.Samples(64));
        Assert.Equal(
            ["begun 0 of 5", "step 1", "measured 1", "step 2", "measured 2", "saved 2", "step 3", "measured 3", "step 4", "measured 4", "saved 4",
                "step 5", "measured 5", "ended after 5"],
            told.Of);
    }

    private sealed class Told : ITrainingObserver
    {
        public List<string> Of { get; } = [];

        public void Begun(TrainingStart start) => Of.Add($"begun {start.DoneSteps} of {start.Options.Steps}");

        public void Stepped(TrainingStep step) => Of.Add($"step {step.Step}");

        public void Evaluated(TrainingEvaluation evaluation) => Of.Add($"measured {evaluation.Step}");

        public void Saved(TrainingSave save) => Of.Add($"saved {save.Step}");

        public void Ended(TrainingResult result) => Of.Add($"ended after {result.Steps}");
    }
}

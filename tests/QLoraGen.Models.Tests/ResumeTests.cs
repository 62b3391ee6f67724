using System.Text.Json;
using QLoraGen.Data;
using QLoraGen.Testing;

namespace QLoraGen.Models.Tests;

/// <summary>A run that goes on from a checkpoint ends where one that was never stopped does, to the bit.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly TrainingOptions options = new()
    {
        Steps = 9, BatchSize = 3, GradientAccumulation = 2, LearningRate = 2e-3, NeftuneNoiseAlpha = 5, WeightDecay = 0.01, LoraPlusRatio = 4,
    };

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedTheory]
    [InlineData(OptimizerType.AdamW, false)]
    [InlineData(OptimizerType.AdamW8Bit, true)]
    public void To_the_bit(OptimizerType optimizer, bool grouped)
    {
        TrainingOptions run = options with { Optimizer = optimizer, GroupByLength = grouped };
        float[] whole = Train(run, out _);
        Train(run, out TrainingResult stopped, stopAfter: 4);
        Assert.Equal((4, true), (stopped.Steps, stopped.Cancelled));
        float[] resumed = Train(run, out TrainingResult result, resume: folder.File("checkpoint-4"));
        Assert.Equal((9, false), (result.Steps, result.Cancelled));
        Assert.Equal(whole, resumed);
    }

    [SharedFact]
    public void The_newest_checkpoints_are_kept_and_the_best_one()
    {
        Train(options with { SaveSteps = 1, SaveTotalLimit = 2, LearningRate = 0.05, Scheduler = SchedulerType.Constant, LoadBestModelAtEnd = true }, out _);
        using JsonDocument state = Read("checkpoint-9", "trainer_state.json");
        int best = state.RootElement.GetProperty("best_global_step").GetInt32();
        Assert.Equal(folder.File($"checkpoint-{best}"), state.RootElement.GetProperty("best_model_checkpoint").GetString());
        Assert.Equal(
            ((string[])[$"checkpoint-{best}", "checkpoint-8", "checkpoint-9"]).Distinct().Order(),
            Directory.GetFileSystemEntries(folder.Path).Select(static path => Path.GetFileName(path)!).Order());
        double[] measured = [.. state.RootElement.GetProperty("log_history").EnumerateArray()
            .Where(static entry => entry.TryGetProperty("eval_loss", out _)).Select(static entry => entry.GetProperty("eval_loss").GetDouble())];
        Assert.Equal(9, measured.Length);
        Assert.Equal(measured.Min(), state.RootElement.GetProperty("best_metric").GetDouble());
        Assert.Equal(measured.Min(), measured[best - 1]);
    }

    [SharedFact]
    public void A_checkpoint_holds_the_files_of_Transformers_and_PEFT()
    {
        Train(options with { SaveSteps = 9 }, out _);
        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors", "optimizer.safetensors", "trainer_state.json", "training_args.json"],
            Directory.GetFiles(folder.File("checkpoint-9")).Select(static path => Path.GetFileName(path)!).Order());
        using JsonDocument state = Read("checkpoint-9", "trainer_state.json");
        Assert.Equal((9, 9), (state.RootElement.GetProperty("global_step").GetInt32(), state.RootElement.GetProperty("max_steps").GetInt32()));
        JsonElement[] steps = [.. state.RootElement.GetProperty("log_history").EnumerateArray().Where(static entry => entry.TryGetProperty("loss", out _))];
        Assert.Equal(Enumerable.Range(1, 9), steps.Select(static entry => entry.GetProperty("step").GetInt32()));
        Assert.All(steps, static entry => Assert.All(
            (string[])["epoch", "grad_norm", "learning_rate", "loss"], name => Assert.True(entry.GetProperty(name).GetDouble() >= 0)));
    }

    [SharedFact]
    public void Other_options_data_or_adapters_are_refused_by_name()
    {
        Train(options, out _, stopAfter: 4);
        string checkpoint = folder.File("checkpoint-4");
        Refused("learning_rate", options with { LearningRate = 1e-3 });
        Refused("optim", options with { Optimizer = OptimizerType.AdamW8Bit });
        Refused("samples", options, samples: [.. Stories.Samples(64).Skip(1)]);
        Refused("adapters", options, dropout: 0.2);

        void Refused(string name, TrainingOptions other, IReadOnlyList<TokenizedSample>? samples = null, double dropout = 0.1) =>
            Assert.Contains($": {name} is ", Assert.Throws<QLoraException>(() => Train(other, out _, checkpoint, samples: samples, dropout: dropout)).Message);
    }

    [SharedTheory]
    [InlineData("trainer_state.json", "{\"global_step\": -1}", "global_step")]
    [InlineData("trainer_state.json", "[]", "global_step")]
    [InlineData("training_args.json", "3", "max_steps")]
    [InlineData("optimizer.safetensors", "12345678", "optimizer.safetensors")]
    [InlineData("optimizer.safetensors", null, "has no optimizer.safetensors")]
    public void A_spoilt_checkpoint_is_refused_by_its_file(string file, string? content, string words)
    {
        Train(options, out _, stopAfter: 4);
        string path = folder.File("checkpoint-4", file);
        File.Delete(path);
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }
        Assert.Contains(words, Assert.Throws<QLoraException>(() => Train(options, out _, folder.File("checkpoint-4"))).Message);
        Assert.Equal(content is null, CheckpointStore.Newest(folder.Path) is null);
    }

    [SharedFact]
    public void Checkpoints_of_an_earlier_run_are_not_mixed_with_new_ones()
    {
        Train(options, out _, stopAfter: 4);
        Assert.Contains("--resume", Assert.Throws<QLoraException>(() => Train(options, out _)).Message);
    }

    [SharedFact]
    public void What_a_killed_run_left_half_written_is_removed()
    {
        string[] left = [folder.File($".checkpoint-4.{Guid.NewGuid():N}.tmp"), folder.File($".{Guid.NewGuid():N}.tmp")];
        Directory.CreateDirectory(left[0]);
        File.WriteAllText(Path.Combine(left[0], "optimizer.safetensors"), "half");
        File.WriteAllText(left[1], "half");
        File.WriteAllText(folder.File(".mine.tmp"), "kept");
        Train(options with { SaveSteps = 9 }, out _);
        Assert.Equal([".mine.tmp", "checkpoint-9"], Directory.GetFileSystemEntries(folder.Path).Select(static path => Path.GetFileName(path)!).Order());
    }

    private float[] Train(
        TrainingOptions run, out TrainingResult result, string? resume = null, int? stopAfter = null, IReadOnlyList<TokenizedSample>? samples = null,
        double dropout = 0.1)
    {
        using var stop = new CancellationTokenSource();
        using CausalLM model = Stories.LoadAdapted(dropout);
        samples ??= Stories.Samples(64);
        var trainer = new Trainer(model, run)
        {
            Checkpoints = new CheckpointStore(folder.Path, Stories.Folder) { ResumeFrom = resume }, HeldOut = [.. samples.Take(4)],
        };
        result = trainer.Run(samples, step =>
        {
            if (step.Step == stopAfter)
            {
                stop.Cancel();
            }
        }, stop.Token);
        return [.. model.Adapters!.Flat.detach().data<float>()];
    }

    private JsonDocument Read(params string[] parts) => JsonDocument.Parse(File.ReadAllText(folder.File(parts)));
}

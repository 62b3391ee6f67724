using System.Text.Json;
using System.Text.Json.Nodes;
using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>How far a run is and how it went: <c>trainer_state.json</c>, in the form of Transformers.</summary>
internal sealed class TrainerState
{
    public const string FileName = "trainer_state.json";

    private const long LongestFile = 1 << 28;

    /// <summary>Optimizer steps that are done.</summary>
    public int GlobalStep { get; set; }

    /// <summary>Passes over the samples that are done.</summary>
    public double Epoch { get; set; }

    /// <summary>Tokens read, without padding.</summary>
    public long Tokens { get; set; }

    /// <summary>The lowest held-out loss of a checkpoint, and its step; null before there is one.</summary>
    public (double Loss, int Step)? Best { get; set; }

    /// <summary>One object a logged step or evaluation.</summary>
    public JsonArray LogHistory { get; private init; } = [];

    public void Log(TrainingStep step) => LogHistory.Add(new JsonObject
    {
        ["epoch"] = step.Epoch, ["grad_norm"] = step.GradientNorm, ["learning_rate"] = step.LearningRate, ["loss"] = step.Loss, ["step"] = step.Step,
    });

    public void Log(TrainingEvaluation evaluation) => LogHistory.Add(new JsonObject
    {
        ["epoch"] = Epoch, ["eval_loss"] = evaluation.Loss, ["step"] = evaluation.Step,
    });

    /// <summary>Writes the state as Transformers does.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Of the run.</param>
    /// <param name="bestFolder">The checkpoint of <see cref="Best"/>.</param>
    public void Write(string path, TrainingOptions options, string? bestFolder)
    {
        var json = new JsonObject
        {
            ["best_global_step"] = Best?.Step,
            ["best_metric"] = Best?.Loss,
            ["best_model_checkpoint"] = bestFolder,
            ["epoch"] = Epoch,
            ["eval_steps"] = options.EvalSteps,
            ["global_step"] = GlobalStep,
            ["is_hyper_param_search"] = false,
            ["is_local_process_zero"] = true,
            ["is_world_process_zero"] = true,
            ["log_history"] = LogHistory.DeepClone(),
            ["logging_steps"] = options.LoggedEvery,
            ["max_steps"] = options.Steps,
            ["num_input_tokens_seen"] = Tokens,
            ["num_train_epochs"] = GlobalStep == 0 ? 0 : (int)Math.Ceiling(Epoch / GlobalStep * options.Steps),
            ["save_steps"] = options.SaveSteps,
            ["stateful_callbacks"] = new JsonObject(),
            ["total_flos"] = 0,
            ["train_batch_size"] = options.BatchSize,
            ["trial_name"] = null,
            ["trial_params"] = null,
        };
        AtomicFile.Write(path, stream => stream.Write(JsonSerializer.SerializeToUtf8Bytes(json, new JsonSerializerOptions { WriteIndented = true })));
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="QLoraException">The file is not one; the message names the field.</exception>
    public static TrainerState Read(string path, TrainingOptions options)
    {
        using JsonDocument document = JsonFile.Parse(path, LongestFile);
        JsonElement root = document.RootElement;
        int step = (int)Number(path, root, "global_step", options.Steps);
        return new TrainerState
        {
            GlobalStep = step,
            Epoch = Number(path, root, "epoch", double.MaxValue),
            Tokens = (long)Number(path, root, "num_input_tokens_seen", long.MaxValue / 2),
            Best = root.TryGetProperty("best_metric", out JsonElement metric) && metric.ValueKind == JsonValueKind.Number
                ? (Number(path, root, "best_metric", double.MaxValue), (int)Number(path, root, "best_global_step", step))
                : null,
            LogHistory = root.TryGetProperty("log_history", out JsonElement log) && log.ValueKind == JsonValueKind.Array ? JsonArray.Create(log.Clone())! : [],
        };
    }

    private static double Number(string path, JsonElement root, string name, double most) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out double number) && number >= 0 && number <= most
            ? number
            : throw new QLoraException($"{path}: {name} is not a number from 0 to {most:G10}: go on from another checkpoint.");
}

using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Data;
using QLoraGen.Models;
using QLoraGen.Tokenization;
using TorchSharp.Modules;

namespace QLoraGen.Cli.Default;

/// <summary>Trains the built-in base model from nothing on the scenes of <see cref="StoryGrammar"/>, all weights in fp32.</summary>
internal static class BaseTraining
{
    public const int Steps = 1_200;

    private const int VocabSize = 768;
    private const int TokenizerScenes = 10_000;
    private const int Window = 128;   // several scenes, so that a task's prompt and completion are within learned positions

    private static readonly TrainingOptions Recipe = new()
    {
        Steps = Steps, BatchSize = 16, LearningRate = 4e-3, WarmupRatio = 0.05, WeightDecay = 0.05, Seed = (long)DefaultText.Seed,
    };

    // Written as config.json and read back from it, as any other model's.
    private static readonly Dictionary<string, object> Config = new()
    {
        ["architectures"] = new[] { "LlamaForCausalLM" },
        ["model_type"] = "llama",
        ["vocab_size"] = VocabSize,
        ["hidden_size"] = 128,
        ["intermediate_size"] = 384,
        ["num_hidden_layers"] = 4,
        ["num_attention_heads"] = 4,
        ["num_key_value_heads"] = 4,
        ["max_position_embeddings"] = 256,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10_000.0,
        ["hidden_act"] = "silu",
        ["tie_word_embeddings"] = true,
        ["bos_token_id"] = 0,
        ["eos_token_id"] = 1,
        ["torch_dtype"] = "bfloat16",
    };

    /// <summary>Writes config, tokenizer and weights into a folder.</summary>
    public static TrainingResult Run(
        string folder, int steps, ITrainingObserver view, Action<TrainingStep> progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "config.json"), stream =>
            JsonSerializer.Serialize(stream, Config, new JsonSerializerOptions { WriteIndented = true }));
        var scenes = new StoryGrammar(DefaultText.Seed);
        BpeTrainer.Train(scenes.Scenes(TokenizerScenes), VocabSize, folder);
        var tokenizer = Tokenizer.Load(folder);

        TrainingOptions recipe = Recipe with { Steps = steps };
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        model.Initialize(recipe.Seed);
        CopyByDefault(model);
        Parameter[] weights = [.. model.Layout!.Entries.Select(static entry => entry.Tensor.Dense!)];
        Array.ForEach(weights, static weight => weight.requires_grad = true);
        IReadOnlyList<TokenizedSample> windows = Windows(scenes, tokenizer, steps * recipe.BatchSize);
        var trainer = new Trainer(model, recipe, weights);
        trainer.Observers.Add(view);
        TrainingResult result = trainer.Run(windows, progress, cancellation);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [.. model.Layout.Entries.Select(static entry => TensorToWrite.Of(entry.Name, entry.Tensor.Dense!, TensorDType.BF16))]);
        return result;
    }

    // Attention starts out handing on what it attends to (o_proj = v_proj transposed, after "Mimetic Initialization of
    // Self-Attention Layers", arXiv 2305.09828): with so little text, looking details up is hardly learned otherwise.
    private static void CopyByDefault(CausalLM model)
    {
        using var _ = TorchSharp.torch.no_grad();
        foreach (LlamaBlock layer in ((Llama)model).Model.Layers)
        {
            layer.SelfAttn.OProj.Weight.Dense!.copy_(layer.SelfAttn.VProj.Weight.Dense!.t());
        }
    }

    // Text that is never seen twice: scene after scene, each between BOS and EOS, cut into windows.
    private static List<TokenizedSample> Windows(StoryGrammar scenes, Tokenizer tokenizer, int count)
    {
        var windows = new List<TokenizedSample>(count);
        var stream = new List<int>();
        for (long scene = 0; windows.Count < count; scene++)
        {
            stream.AddRange([tokenizer.BosId!.Value, .. tokenizer.Encode(scenes.Scene(scene)), tokenizer.EosId!.Value]);
            while (stream.Count >= Window && windows.Count < count)
            {
                windows.Add(new TokenizedSample([.. stream[..Window]], 0));
                stream.RemoveRange(0, Window);
            }
        }
        return windows;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using QLoraGen.Checkpoints;
using QLoraGen.Models;
using QLoraGen.Testing;

namespace QLoraGen.Fuzzing.Targets;

/// <summary>Whole models, of the smallest sizes: config.json, its weights in full precision and in 4 bits, and adapters on them.</summary>
internal static class ModelTargets
{
    private const int MostLayers = 8;   // a config may ask for as many as it likes, and gets them: that is no fault of reading
    private static readonly QuantFormat nf4 = new(QuantType.NF4);

    public static readonly Target Config = new("config", ConfigSeeds, static folder => Make(folder)?.Dispose());

    public static readonly Target Model = new("model", static () => [Small(packed: false)], Load);

    public static readonly Target Packed = new("packed", static () => [Small(packed: true)], Load);

    public static readonly Target Adapter = new("adapter", AdapterSeeds, LoadAdapter);

    private static IReadOnlyList<Seed> ConfigSeeds() =>
    [
        Only("config.json", Settings("llama").ToJsonString()), Only("config.json", Settings("qwen3").ToJsonString()),
        .. SharedData.Root is null ? [] : Directory.EnumerateFiles(SharedData.Path("configs"), "*.json").Order(StringComparer.Ordinal)
            .Concat(Directory.EnumerateFiles(SharedData.Path("models", "tiny"), "*_config.json").Order(StringComparer.Ordinal))
            .Select(static path => Only("config.json", File.ReadAllText(path))),
    ];

    private static CausalLM? Make(string folder)
    {
        ConfigFile file = ConfigFile.Open(folder);
        bool isSmall = ((string[])["num_hidden_layers", "n_layer", "num_experts", "num_local_experts"]).All(key =>
            file.Find(key) is not { ValueKind: JsonValueKind.Number } number || (number.TryGetInt32(out int count) && count <= MostLayers));
        if (!isSmall)
        {
            return null;
        }
        CausalLM model = Architectures.Create(file);
        MemoryPlan.Of(model, model.Config.QuantizationConfig?.FormatWith(64) ?? nf4, model.DeclaredAdapter ?? new LoraConfig());
        return model;
    }

    private static void Load(string folder)
    {
        using CausalLM? model = Make(folder);
        if (model is not null)
        {
            using Checkpoint checkpoint = Checkpoint.Open(folder);
            model.LoadFrozen(checkpoint, model.Config.QuantizationConfig?.FormatWith(64) ?? nf4);
        }
    }

    private static void LoadAdapter(string folder)
    {
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder));
        PeftAdapter.Load(folder, model);
    }

    private static Seed Small(bool packed)
    {
        using var folder = new TempFolder();
        folder.Write("config.json", Settings("llama").ToJsonString());
        using (CausalLM model = Architectures.Create(ConfigFile.Open(folder.Path)))
        {
            model.Initialize(seed: 1);
            SafetensorsWriter.Write(folder.File("model.safetensors"), [.. model.Layout!.Entries.Select(static entry => new TensorToWrite(
                entry.Name, TensorDType.F32, entry.Tensor.Shape, entry.Tensor.Dense!.detach().bytes.ToArray()))]);
        }
        if (!packed)
        {
            return Seed.Of(folder.Path);
        }
        using (CausalLM model = Architectures.Create(ConfigFile.Open(folder.Path)))
        using (Checkpoint checkpoint = Checkpoint.Open(folder.Path))
        {
            QuantizedCheckpoint.Write(folder.File("packed"), model, checkpoint, nf4);
        }
        return Seed.Of(folder.File("packed"));
    }

    private static IReadOnlyList<Seed> AdapterSeeds()
    {
        using var folder = new TempFolder();
        folder.Write("config.json", Settings("llama").ToJsonString());
        using CausalLM model = Architectures.Create(ConfigFile.Open(folder.Path));
        model.Initialize(seed: 1);
        model.AddAdapters(new LoraConfig { R = 2, TargetModules = ["q_proj", "down_proj"] }, seed: 1);
        PeftAdapter.Save(folder.Path, model, "base");
        return [Seed.Of(folder.Path, "config.json")];
    }

    private static Seed Only(string name, string text) => new(new Dictionary<string, byte[]> { [name] = System.Text.Encoding.UTF8.GetBytes(text) });

    private static JsonObject Settings(string type) => new()
    {
        ["architectures"] = new JsonArray("Model"), ["model_type"] = type, ["vocab_size"] = 16, ["hidden_size"] = 32, ["intermediate_size"] = 64,
        ["num_hidden_layers"] = 1, ["num_attention_heads"] = 2, ["num_key_value_heads"] = 1, ["head_dim"] = 16, ["max_position_embeddings"] = 32,
        ["rms_norm_eps"] = 1e-5, ["rope_theta"] = 10_000.0, ["hidden_act"] = "silu", ["tie_word_embeddings"] = false, ["torch_dtype"] = "float32",
        ["rope_scaling"] = new JsonObject { ["rope_type"] = "llama3", ["factor"] = 8.0, ["low_freq_factor"] = 1.0, ["high_freq_factor"] = 4.0,
            ["original_max_position_embeddings"] = 16 },
    };
}

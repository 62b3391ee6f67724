using System.Runtime.InteropServices;
using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Models.Tests.Reference;

/// <summary>A tiny model of random weights in a folder as the Hub has it, its tensors named and shaped as Transformers saves them.</summary>
internal sealed class RandomModel
{
    private const int Vocab = 19, Hidden = 16, Intermediate = 24, Layers = 4, Heads = 4, KeyHeads = 2, Experts = 5, Moe = 8;

    private readonly Dictionary<string, int[]> shapes = [];
    private readonly string json;

    private RandomModel(string json)
    {
        this.json = json;
        using JsonDocument config = JsonDocument.Parse(json);
        Config = config.RootElement.Clone();
        Declare(Config.GetProperty("model_type").GetString()!, Config.TryGetProperty("head_dim", out JsonElement width) ? width.GetInt32() : Hidden / Heads);
        var random = new Random(7);
        Weights = shapes.ToDictionary(static each => each.Key, each => Values(each.Key, each.Value, random));
    }

    /// <summary>The families, each with what tells it apart switched on.</summary>
    public static IReadOnlyDictionary<string, string> Configs { get; } = new Dictionary<string, string>
    {
        ["llama"] = Of("llama", """ "head_dim": 6, "tie_word_embeddings": true, "rope_scaling": {"rope_type": "linear", "factor": 2.0}"""),
        ["mistral"] = Of("mistral", """ "head_dim": 6, "sliding_window": 3"""),
        ["gemma"] = Of("gemma", """ "head_dim": 6, "hidden_act": "gelu" """),
        ["gemma3"] = Of("gemma3_text", """
             "head_dim": 6, "sliding_window": 3, "sliding_window_pattern": 2, "rope_local_base_freq": 100.0, "query_pre_attn_scalar": 9,
             "rope_scaling": {"rope_type": "linear", "factor": 8.0}
            """),
        ["gpt_neox"] = Of("gpt_neox", """ "use_parallel_residual": true, "rotary_pct": 0.5, "rotary_emb_base": 1000, "layer_norm_eps": 1e-5, "hidden_act": "gelu" """),
        ["gpt_neox, one part after the other"] = Of(
            "gpt_neox", """ "use_parallel_residual": false, "rotary_pct": 1.0, "rotary_emb_base": 1000, "layer_norm_eps": 1e-5, "hidden_act": "gelu" """),
        ["smollm3"] = Of("smollm3", """ "tie_word_embeddings": true, "no_rope_layer_interval": 4"""),
        ["olmo2"] = Of("olmo2", """ "attention_bias": false"""),
        ["mixtral"] = Of("mixtral", """ "num_local_experts": 5, "num_experts_per_tok": 2, "sliding_window": null"""),
        ["qwen3_moe"] = Of("qwen3_moe", """
             "head_dim": 6, "num_experts": 5, "num_experts_per_tok": 3, "moe_intermediate_size": 8, "decoder_sparse_step": 2, "norm_topk_prob": false
            """),
    };

    public JsonElement Config { get; }

    /// <summary>Every tensor, row by row; each value is an fp32.</summary>
    public IReadOnlyDictionary<string, double[]> Weights { get; }

    public static RandomModel For(string family) => new(Configs[family]);

    /// <summary>Loads it as a checkpoint.</summary>
    public CausalLM Load(TempFolder folder, QuantFormat? format = null)
    {
        File.WriteAllText(folder.File("config.json"), json);
        SafetensorsWriter.Write(folder.File("model.safetensors"), [.. Weights.Select(each => new TensorToWrite(
            each.Key, TensorDType.F32, [.. shapes[each.Key].Select(static size => (long)size)],
            MemoryMarshal.AsBytes<float>(each.Value.Select(static value => (float)value).ToArray()).ToArray()))]);
        CausalLM model = Architectures.Create(ConfigFile.Open(folder.Path));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        model.LoadFrozen(checkpoint, format);
        return model;
    }

    private static string Of(string type, string own) => $$"""
        {
            "model_type": "{{type}}", "vocab_size": {{Vocab}}, "hidden_size": {{Hidden}}, "intermediate_size": {{Intermediate}}, "num_hidden_layers": {{Layers}},
            "num_attention_heads": {{Heads}}, "num_key_value_heads": {{(type == "gpt_neox" ? Heads : KeyHeads)}}, "max_position_embeddings": 64,
            "rms_norm_eps": 1e-5, "rope_theta": 1000.0, {{own}}
        }
        """;

    private void Declare(string type, int headDim)
    {
        bool isNeoX = type == "gpt_neox";
        string root = isNeoX ? "gpt_neox" : "model";
        shapes[isNeoX ? "gpt_neox.embed_in.weight" : "model.embed_tokens.weight"] = [Vocab, Hidden];
        bool isTied = Config.TryGetProperty("tie_word_embeddings", out JsonElement tie) ? tie.GetBoolean() : type.StartsWith("gemma");
        if (!isTied)
        {
            shapes[isNeoX ? "embed_out.weight" : "lm_head.weight"] = [Vocab, Hidden];
        }
        Norm(isNeoX ? "gpt_neox.final_layer_norm" : "model.norm", Hidden);
        for (int layer = 0; layer < Layers; layer++)
        {
            string at = $"{root}.layers.{layer}.";
            foreach (string norm in NormsOf(type))
            {
                Norm(at + norm, Hidden);
            }
            if (isNeoX)
            {
                Linear($"{at}attention.query_key_value", Hidden, 3 * Hidden);
                Linear($"{at}attention.dense", Hidden, Hidden);
                Linear($"{at}mlp.dense_h_to_4h", Hidden, Intermediate);
                Linear($"{at}mlp.dense_4h_to_h", Intermediate, Hidden);
                continue;
            }
            Linear($"{at}self_attn.q_proj", Hidden, Heads * headDim);
            Linear($"{at}self_attn.k_proj", Hidden, KeyHeads * headDim);
            Linear($"{at}self_attn.v_proj", Hidden, KeyHeads * headDim);
            Linear($"{at}self_attn.o_proj", Heads * headDim, Hidden);
            if (type is "qwen3_moe" or "gemma3_text" or "olmo2")
            {
                Norm($"{at}self_attn.q_norm", type == "olmo2" ? Heads * headDim : headDim);
                Norm($"{at}self_attn.k_norm", type == "olmo2" ? KeyHeads * headDim : headDim);
            }
            FeedForward(type, at, layer);
        }
    }

    private void FeedForward(string type, string at, int layer)
    {
        bool isMixtral = type == "mixtral";
        if (!isMixtral && !(type == "qwen3_moe" && layer % 2 == 1))
        {
            Gated($"{at}mlp.", ("gate_proj", "up_proj", "down_proj"), Intermediate);
            return;
        }
        string moe = isMixtral ? $"{at}block_sparse_moe." : $"{at}mlp.";
        Linear($"{moe}gate", Hidden, Experts);
        for (int expert = 0; expert < Experts; expert++)
        {
            Gated($"{moe}experts.{expert}.", isMixtral ? ("w1", "w3", "w2") : ("gate_proj", "up_proj", "down_proj"), isMixtral ? Intermediate : Moe);
        }
    }

    private static string[] NormsOf(string type) => type switch
    {
        "olmo2" => ["post_attention_layernorm", "post_feedforward_layernorm"],
        "gemma3_text" => ["input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"],
        _ => ["input_layernorm", "post_attention_layernorm"],
    };

    private void Gated(string at, (string Gate, string Up, string Down) names, int width)
    {
        Linear(at + names.Gate, Hidden, width);
        Linear(at + names.Up, Hidden, width);
        Linear(at + names.Down, width, Hidden);
    }

    private bool IsNeoX => Config.GetProperty("model_type").GetString() == "gpt_neox";

    private void Linear(string name, int from, int to)
    {
        shapes[$"{name}.weight"] = [to, from];
        if (IsNeoX)
        {
            shapes[$"{name}.bias"] = [to];
        }
    }

    private void Norm(string name, int width)
    {
        shapes[$"{name}.weight"] = [width];
        if (IsNeoX)
        {
            shapes[$"{name}.bias"] = [width];
        }
    }

    // Large enough that scores, experts' choices and activations leave their linear range.
    private static double[] Values(string name, int[] shape, Random random)
    {
        double size = shape.Length == 1 ? 0.5 : name.Contains("gate.weight") ? 1.5 : 0.8;
        return [.. Enumerable.Range(0, shape.Aggregate(1, static (a, b) => a * b)).Select(_ => (double)(float)(((2 * random.NextDouble()) - 1) * size))];
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using QLoraGen.Checkpoints;

namespace QLoraGen.Gguf;

/// <summary>
/// A model as llama.cpp calls its parts. Source: llama.cpp's converter, October 2026 (<c>conversion/*.py</c>, which tensors it
/// renames and which it permutes; <c>gguf-py/gguf/constants.py</c> and <c>tensor_mapping.py</c>, the names). Rows of q_proj and k_proj
/// are interleaved for the classes derived from its LlamaModel alone: Llama, Mistral and Mixtral (architecture llama) and SmolLM3; those
/// of query_key_value are grouped for GPT-NeoX; all else has the checkpoint's order. GPT-2's weights lie transposed in a
/// checkpoint and as [out, in] there, which A [r, in] and B [out, r] are for already.
/// </summary>
internal sealed partial class GgufArchitecture
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["llama"] = "llama", ["mistral"] = "llama", ["mixtral"] = "llama", ["smollm3"] = "smollm3", ["qwen2"] = "qwen2", ["qwen3"] = "qwen3",
        ["qwen3_moe"] = "qwen3moe", ["gemma"] = "gemma", ["gemma2"] = "gemma2", ["gemma3_text"] = "gemma3", ["gemma3"] = "gemma3", ["phi3"] = "phi3",
        ["olmo2"] = "olmo2", ["gpt2"] = "gpt2", ["gpt_neox"] = "gptneox",
    };

    private static readonly string[] Interleaved = ["llama", "smollm3"];

    private static readonly Dictionary<string, string> Blocks = new()
    {
        ["self_attn.q_proj"] = "attn_q", ["self_attn.k_proj"] = "attn_k", ["self_attn.v_proj"] = "attn_v", ["self_attn.o_proj"] = "attn_output",
        ["self_attn.qkv_proj"] = "attn_qkv", ["attn.c_attn"] = "attn_qkv", ["attn.c_proj"] = "attn_output",
        ["attention.query_key_value"] = "attn_qkv", ["attention.dense"] = "attn_output",
        ["mlp.gate_proj"] = "ffn_gate", ["mlp.up_proj"] = "ffn_up", ["mlp.down_proj"] = "ffn_down", ["mlp.gate_up_proj"] = "ffn_up",
        ["mlp.c_fc"] = "ffn_up", ["mlp.c_proj"] = "ffn_down", ["mlp.dense_h_to_4h"] = "ffn_up", ["mlp.dense_4h_to_h"] = "ffn_down",
        ["mlp.gate"] = "ffn_gate_inp", ["block_sparse_moe.gate"] = "ffn_gate_inp",
    };

    private static readonly Dictionary<string, string> Experts = new()
    {
        ["gate_proj"] = "ffn_gate_exps", ["up_proj"] = "ffn_up_exps", ["down_proj"] = "ffn_down_exps",
        ["w1"] = "ffn_gate_exps", ["w3"] = "ffn_up_exps", ["w2"] = "ffn_down_exps",
    };

    private readonly ConfigFile config;

    private GgufArchitecture(ConfigFile config, string name) => (this.config, Name) = (config, name);

    /// <summary><c>general.architecture</c>.</summary>
    public string Name { get; }

    /// <summary>Whether llama.cpp has an output head of its own for this model: Gemma's is its embeddings, whatever a checkpoint holds.</summary>
    public bool HasHead => !Name.StartsWith("gemma", StringComparison.Ordinal);

    /// <summary>The architecture of a model by its <c>config.json</c>.</summary>
    /// <exception cref="QLoraException">It is none whose names are known here.</exception>
    public static GgufArchitecture Of(ConfigFile config) => Names.TryGetValue(config.ModelType, out string? name)
        ? new GgufArchitecture(config, name)
        : throw new QLoraException($"{config.Path}: model_type is {Shown.Quoted(config.ModelType)}, for which llama.cpp's names are not known here. "
            + $"Known: {string.Join(", ", Names.Keys.Order(StringComparer.Ordinal))}. Merge the adapter into the model with qlora merge instead, and convert that.");

    /// <summary>Where a layer's weight is; null where llama.cpp has none that adapters can be for.</summary>
    /// <param name="path">The layer's path in the checkpoint.</param>
    public GgufPlace? Find(string path)
    {
        if (path is "lm_head" or "embed_out")
        {
            return HasHead ? new GgufPlace("output") : null;
        }
        if (Table().IsMatch(path))
        {
            return new GgufPlace(GgufPlace.Embeddings);
        }
        if (Block().Match(path) is not { Success: true } match)
        {
            return null;
        }
        (string block, string part) = ($"blk.{match.Groups["block"].Value}", match.Groups["part"].Value);
        if (Expert().Match(part) is { Success: true } expert)
        {
            return Experts.TryGetValue(expert.Groups["weight"].Value, out string? merged)
                ? new GgufPlace($"{block}.{merged}", Expert: int.Parse(expert.Groups["expert"].Value, CultureInfo.InvariantCulture))
                : null;
        }
        return Blocks.TryGetValue(part, out string? name) ? Ordered($"{block}.{name}", part) : null;
    }

    private GgufPlace Ordered(string tensor, string part) => part switch
    {
        "self_attn.q_proj" when Interleaved.Contains(Name) => new GgufPlace(tensor, RowOrder.Interleaved, Heads),
        "self_attn.k_proj" when Interleaved.Contains(Name) => new GgufPlace(tensor, RowOrder.Interleaved, KeyHeads),
        "attention.query_key_value" => new GgufPlace(tensor, RowOrder.Grouped, Heads),
        _ => new GgufPlace(tensor),
    };

    private int Heads => config.Read<int>("num_attention_heads");

    private int KeyHeads => config.Find("num_key_value_heads") is { ValueKind: System.Text.Json.JsonValueKind.Number } ? config.Read<int>("num_key_value_heads") : Heads;

    [GeneratedRegex(@"\A(?:(?:model\.|language_model\.)*layers|(?:transformer\.)?h|gpt_neox\.layers)\.(?<block>\d{1,6})\.(?<part>.+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Block();

    [GeneratedRegex(@"\A(?:mlp|block_sparse_moe)\.experts\.(?<expert>\d{1,6})\.(?<weight>\w+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Expert();

    [GeneratedRegex(@"\A(?:(?:model\.|language_model\.)*embed_tokens|(?:transformer\.)?wte|gpt_neox\.embed_in)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Table();
}

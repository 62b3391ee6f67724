using System.Text.Json;
using QLoraGen.Checkpoints;

namespace QLoraGen.Benchmarks;

/// <summary>The sizes of a Llama that a benchmark makes up.</summary>
/// <param name="Hidden">Width of the model.</param>
/// <param name="Intermediate">Width of the feed-forward part.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Attention heads, each with keys and values of its own.</param>
internal sealed record LlamaShape(int Hidden, int Intermediate, int Layers, int Heads)
{
    /// <summary>Writes <c>config.json</c>.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="vocabSize">Tokens of the vocabulary.</param>
    /// <param name="eps">Of the norms.</param>
    /// <param name="tied">Whether the output head is the table of embeddings.</param>
    /// <param name="more">Further keys.</param>
    public void WriteConfig(string folder, int vocabSize, double eps, bool tied, params ReadOnlySpan<(string Key, object Value)> more)
    {
        var config = new Dictionary<string, object>
        {
            ["architectures"] = new[] { "LlamaForCausalLM" },
            ["model_type"] = "llama",
            ["vocab_size"] = vocabSize,
            ["hidden_size"] = Hidden,
            ["intermediate_size"] = Intermediate,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = Heads,
            ["max_position_embeddings"] = 2048,
            ["rms_norm_eps"] = eps,
            ["rope_theta"] = 10_000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = tied,
            ["torch_dtype"] = "bfloat16",
        };
        foreach ((string key, object value) in more)
        {
            config.Add(key, value);
        }
        AtomicFile.Write(Path.Combine(folder, "config.json"), stream => JsonSerializer.Serialize(stream, config));
    }
}

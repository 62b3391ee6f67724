using System.Text.Json;
using static QLoraGen.Models.Tests.Reference.ReferenceMath;

namespace QLoraGen.Models.Tests.Reference;

/// <summary>
/// Decoders as their papers and Transformers' own models have them, token by token and head by head in double: written from those,
/// and not from the layers that are tested with it. It reads a config.json and a checkpoint's tensors by itself.
/// </summary>
/// <param name="config">The config.json.</param>
/// <param name="weights">The checkpoint's tensors, row by row.</param>
internal sealed class ReferenceDecoder(JsonElement config, IReadOnlyDictionary<string, double[]> weights)
{
    private readonly string family = config.GetProperty("model_type").GetString()!;

    private bool IsGemma => family.StartsWith("gemma");

    private string Root => family == "gpt_neox" ? "gpt_neox" : "model";

    private int Heads => (int)Number("num_attention_heads");

    private int HeadWidth => Has("head_dim") ? (int)Number("head_dim") : (int)Number("hidden_size") / Heads;

    /// <summary>Logits of every token of a text.</summary>
    public double[][] Logits(int[] ids)
    {
        double[] embeddings = weights[family == "gpt_neox" ? "gpt_neox.embed_in.weight" : "model.embed_tokens.weight"];
        double[] head = weights.GetValueOrDefault("lm_head.weight") ?? weights.GetValueOrDefault("embed_out.weight") ?? embeddings;
        int hidden = (int)Number("hidden_size");
        double[][] x = [.. ids.Select(id => Scale(embeddings[(id * hidden)..((id + 1) * hidden)], IsGemma ? Math.Sqrt(hidden) : 1))];
        for (int layer = 0; layer < Number("num_hidden_layers"); layer++)
        {
            x = Block(layer, x);
        }
        string last = family == "gpt_neox" ? "gpt_neox.final_layer_norm" : "model.norm";
        return [.. x.Select(token => Multiply(head, Norm(last, token)))];
    }

    private double[][] Block(int layer, double[][] x)
    {
        string at = $"{Root}.layers.{layer}.";
        switch (family)
        {
            case "gpt_neox":
                double[][] heard = Each(Attend(layer, Each(x, token => Norm($"{at}input_layernorm", token))), x);
                double[][] seen = Flag("use_parallel_residual") ? x : heard;
                return Each(Each(seen, token => FeedForward(layer, Norm($"{at}post_attention_layernorm", token))), heard);
            case "olmo2":
                x = Each(Each(Attend(layer, x), token => Norm($"{at}post_attention_layernorm", token)), x);
                return Each(Each(x, token => Norm($"{at}post_feedforward_layernorm", FeedForward(layer, token))), x);
            case "gemma3_text":
                double[][] attended = Attend(layer, Each(x, token => Norm($"{at}input_layernorm", token)));
                x = Each(Each(attended, token => Norm($"{at}post_attention_layernorm", token)), x);
                double[][] fed = Each(x, token => FeedForward(layer, Norm($"{at}pre_feedforward_layernorm", token)));
                return Each(Each(fed, token => Norm($"{at}post_feedforward_layernorm", token)), x);
            default:
                x = Each(Attend(layer, Each(x, token => Norm($"{at}input_layernorm", token))), x);
                return Each(Each(x, token => FeedForward(layer, Norm($"{at}post_attention_layernorm", token))), x);
        }
    }

    private double[][] Attend(int layer, double[][] x)
    {
        string at = $"{Root}.layers.{layer}.{(family == "gpt_neox" ? "attention" : "self_attn")}.";
        double[]? turns = Frequencies(layer);
        double[][][] q = Projected("q"), k = Projected("k"), v = Projected("v");   // token, head, value
        int groups = Heads / k[0].Length;
        double scale = 1 / Math.Sqrt(Has("query_pre_attn_scalar") ? Number("query_pre_attn_scalar") : HeadWidth);
        int window = Window(layer);
        return [.. Enumerable.Range(0, x.Length).Select(t => Linear($"{at}{(family == "gpt_neox" ? "dense" : "o_proj")}", Mixed(t)))];

        double[] Mixed(int t) => [.. Enumerable.Range(0, Heads).SelectMany(head =>
        {
            int[] visible = [.. Enumerable.Range(0, t + 1).Where(s => t - s < window)];
            double[] share = Softmax([.. visible.Select(s => scale * q[t][head].Zip(k[s][head / groups], static (a, b) => a * b).Sum())]);
            return Enumerable.Range(0, HeadWidth).Select(d => visible.Select((s, i) => share[i] * v[s][head / groups][d]).Sum());
        })];

        double[][][] Projected(string name) => [.. x.Select((token, position) =>
        {
            double[] values = family == "gpt_neox" ? Fused(Linear($"{at}query_key_value", token), "qkv".IndexOf(name[0])) : Linear($"{at}{name}_proj", token);
            if (family == "olmo2" && name != "v")
            {
                values = Norm($"{at}{name}_norm", values);
            }
            return values.Chunk(HeadWidth).Select(head =>
            {
                double[] normed = family is "qwen3_moe" or "gemma3_text" && name != "v" ? Norm($"{at}{name}_norm", head) : head;
                return name == "v" || turns is null ? normed : Rotate(normed, turns, position);
            }).ToArray();
        })];

        // GPT-NeoX: each head's q, k and v follow each other.
        double[] Fused(double[] all, int part) => [.. all.Chunk(3 * HeadWidth).SelectMany(head => head.Skip(part * HeadWidth).Take(HeadWidth))];
    }

    private double[] FeedForward(int layer, double[] x)
    {
        string at = $"{Root}.layers.{layer}.";
        return family switch
        {
            "gpt_neox" => Linear($"{at}mlp.dense_4h_to_h", [.. Linear($"{at}mlp.dense_h_to_4h", x).Select(Gelu)]),
            "mixtral" => Experts(x, $"{at}block_sparse_moe.", ("w1", "w3", "w2"), normalize: true),
            "qwen3_moe" when (layer + 1) % Number("decoder_sparse_step") == 0 => Experts(x, $"{at}mlp.", ("gate_proj", "up_proj", "down_proj"), Flag("norm_topk_prob")),
            _ => Gated(x, $"{at}mlp.", ("gate_proj", "up_proj", "down_proj")),
        };
    }

    private double[] Gated(double[] x, string at, (string Gate, string Up, string Down) names) => Linear(
        at + names.Down, [.. Linear(at + names.Gate, x).Zip(Linear(at + names.Up, x), (gate, up) => (IsGemma ? GeluTanh(gate) : Silu(gate)) * up)]);

    private double[] Experts(double[] x, string at, (string, string, string) names, bool normalize)
    {
        double[] likes = Softmax(Linear($"{at}gate", x));
        int[] chosen = [.. Enumerable.Range(0, likes.Length).OrderByDescending(e => likes[e]).Take((int)Number("num_experts_per_tok"))];
        double sum = normalize ? chosen.Sum(e => likes[e]) : 1;
        return chosen.Select(e => Scale(Gated(x, $"{at}experts.{e}.", names), likes[e] / sum)).Aggregate(Add);
    }

    // Null where the layer does not rotate.
    private double[]? Frequencies(int layer)
    {
        bool isLocal = family == "gemma3_text" && (layer + 1) % Number("sliding_window_pattern") != 0;
        double theta = Number(family == "gpt_neox" ? "rotary_emb_base" : isLocal ? "rope_local_base_freq" : "rope_theta");
        double divisor = !isLocal && Has("rope_scaling") ? config.GetProperty("rope_scaling").GetProperty("factor").GetDouble() : 1;
        int width = family == "gpt_neox" ? (int)(HeadWidth * Number("rotary_pct")) : HeadWidth;
        return family == "smollm3" && (layer + 1) % 4 == 0 ? null
            : [.. Enumerable.Range(0, width / 2).Select(i => 1 / Math.Pow(theta, 2.0 * i / width) / divisor)];
    }

    private int Window(int layer) => family switch
    {
        "mistral" => (int)Number("sliding_window"),
        "gemma3_text" when (layer + 1) % Number("sliding_window_pattern") != 0 => (int)Number("sliding_window"),
        _ => int.MaxValue,
    };

    private double[] Linear(string name, double[] x)
    {
        double[] y = Multiply(weights[$"{name}.weight"], x);
        return weights.TryGetValue($"{name}.bias", out double[]? bias) ? Add(y, bias) : y;
    }

    private double[] Norm(string name, double[] x) => family == "gpt_neox"
        ? LayerNorm(x, weights[$"{name}.weight"], weights[$"{name}.bias"], Number("layer_norm_eps"))
        : RmsNorm(x, weights[$"{name}.weight"], Number("rms_norm_eps"), IsGemma ? 1 : 0);

    private static double[][] Each(double[][] x, Func<double[], double[]> change) => [.. x.Select(change)];

    private static double[][] Each(double[][] x, double[][] added) => [.. x.Zip(added, Add)];

    private bool Has(string key) => config.TryGetProperty(key, out _);

    private double Number(string key) => config.GetProperty(key).GetDouble();

    private bool Flag(string key) => config.GetProperty(key).GetBoolean();
}

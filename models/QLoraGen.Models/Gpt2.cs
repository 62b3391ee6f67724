using System.Text.Json.Serialization;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>GPT-2's <c>config.json</c>, which has names of its own.</summary>
public sealed record Gpt2Config : ModelConfig
{
    [JsonPropertyName("n_embd")]
    public override required int HiddenSize { get; init; }

    [JsonPropertyName("n_layer")]
    public override required int NumHiddenLayers { get; init; }

    [JsonPropertyName("n_head")]
    public required int NumAttentionHeads { get; init; }

    [JsonPropertyName("n_positions")]
    public override int MaxPositionEmbeddings { get; init; } = 1024;

    public int? NInner { get; init; }
    public double LayerNormEpsilon { get; init; } = 1e-5;
    public string ActivationFunction { get; init; } = "gelu_new";
    public bool ScaleAttnWeights { get; init; } = true;
    public bool ScaleAttnByInverseLayerIdx { get; init; }
    public bool AddCrossAttention { get; init; }
    public bool TieWordEmbeddings { get; init; } = true;

    public int HeadWidth => HiddenSize / NumAttentionHeads;
    public int IntermediateSize => NInner ?? 4 * HiddenSize;

    /// <summary>What a layer's scores are multiplied with.</summary>
    public double AttentionScale(int layer) =>
        (ScaleAttnWeights ? 1 / Math.Sqrt(HeadWidth) : 1) / (ScaleAttnByInverseLayerIdx ? layer + 1 : 1);

    public override void Validate()
    {
        base.Validate();
        RequirePositive(
            (nameof(NumAttentionHeads), NumAttentionHeads), (nameof(NInner), IntermediateSize), (nameof(LayerNormEpsilon), LayerNormEpsilon));
        Require(HiddenSize % NumAttentionHeads == 0, "n_head", NumAttentionHeads, $"use a divisor of n_embd ({HiddenSize})");
        Require(Activation.Names.Contains(ActivationFunction), "activation_function", ActivationFunction, $"use one of {string.Join(", ", Activation.Names)}");
        Require(!AddCrossAttention, "add_cross_attention", AddCrossAttention, "there is no encoder here to attend to; set it to false");
    }
}

/// <summary>GPT-2. Property names are the checkpoint's keys; its linear weights are stored as [in, out].</summary>
[Model("gpt2"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Gpt2(Gpt2Config config) : CausalLM(config)
{
    public partial Gpt2Model Transformer { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Transformer.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Transformer.Wte.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class Gpt2Model(Gpt2Config config) : Module
{
    private readonly int positions = config.MaxPositionEmbeddings;

    public partial Embedding Wte { get; } = new(config.VocabSize, config.HiddenSize);
    public partial Embedding Wpe { get; } = new(config.MaxPositionEmbeddings, config.HiddenSize);
    public partial ModuleList<Gpt2Block> H { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial LayerNorm LnF { get; } = new(config.HiddenSize, config.LayerNormEpsilon);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = Wte.Forward(ids) + Wpe.Forward(Positions(cache?.Length ?? 0, ids));
        return LnF.Forward(H.Through(x, (layer, i, x) => layer.Forward(x, cache?[i])));
    }

    private Tensor Positions(long past, Tensor ids) => past + ids.shape[1] is var end && end <= positions
        ? arange(past, end, dtype: ScalarType.Int64, device: ids.device)
        : throw new QLoraException($"The text is {end} tokens long, and the model has learned {positions} positions: shorten it.");
}

[Module]
public sealed partial class Gpt2Block(Gpt2Config config, int layer) : Module
{
    [Key("ln_1")]
    public partial LayerNorm Ln1 { get; } = new(config.HiddenSize, config.LayerNormEpsilon);
    public partial Gpt2Attention Attn { get; } = new(config, layer);

    [Key("ln_2")]
    public partial LayerNorm Ln2 { get; } = new(config.HiddenSize, config.LayerNormEpsilon);
    public partial Gpt2Mlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.ActivationFunction);

    public Tensor Forward(Tensor x, LayerCache? cache)
    {
        x = x + Attn.Forward(Ln1.Forward(x), cache);
        return x + Mlp.Forward(Ln2.Forward(x));
    }
}

/// <summary>Attention with q, k and v in one projection.</summary>
[Module]
public sealed partial class Gpt2Attention(Gpt2Config config, int layer) : Module
{
    private readonly int headDim = config.HeadWidth, width = config.HiddenSize;
    private readonly double scale = config.AttentionScale(layer);

    public partial Linear CAttn { get; } = new(config.HiddenSize, 3 * config.HiddenSize, bias: true, transposed: true);
    public partial Linear CProj { get; } = new(config.HiddenSize, config.HiddenSize, bias: true, transposed: true);

    public Tensor Forward(Tensor x, LayerCache? cache)
    {
        Tensor qkv = CAttn.Forward(x);
        Tensor q = Attention.SplitHeads(qkv.narrow(-1, 0, width), headDim);
        Tensor k = Attention.SplitHeads(qkv.narrow(-1, width, width), headDim);
        Tensor v = Attention.SplitHeads(qkv.narrow(-1, 2 * width, width), headDim);
        return CProj.Forward(Attention.Attend(q, k, v, cache, scale: scale));
    }
}

[Module]
public sealed partial class Gpt2Mlp(int hiddenSize, int intermediateSize, string activation) : Module
{
    private readonly Activation act = new(activation);

    public partial Linear CFc { get; } = new(hiddenSize, intermediateSize, bias: true, transposed: true);
    public partial Linear CProj { get; } = new(intermediateSize, hiddenSize, bias: true, transposed: true);

    public Tensor Forward(Tensor x) => CProj.Forward(act.Apply(CFc.Forward(x)));
}

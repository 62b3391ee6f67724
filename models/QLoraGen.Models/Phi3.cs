using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Phi-3's, Phi-3.5's and Phi-4's <c>config.json</c>.</summary>
public sealed record Phi3Config : DecoderConfig
{
    public override int MaxPositionEmbeddings { get; init; } = 4096;
    public override int? OriginalMaxPositionEmbeddings { get; init; } = 4096;
    public override double RmsNormEps { get; init; } = 1e-5;

    public int QkvWidth => QueryWidth + 2 * KeyWidth;

    public override int? WindowOf(int layer) => SlidingWindow;

    public override void Validate()
    {
        base.Validate();
        Require(!AttentionBias, "attention_bias", AttentionBias, "Phi-3 has no bias in attention; set it to false");
    }
}

/// <summary>Phi-3 (arXiv 2404.14219): Llama's blocks with fused projections. Property names are the checkpoint's keys.</summary>
[Model("phi3"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Phi3(Phi3Config config) : CausalLM(config)
{
    public partial Phi3Model Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class Phi3Model(Phi3Config config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<Phi3Block> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

[Module]
public sealed partial class Phi3Block(Phi3Config config, int layer) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial Phi3Attention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial Phi3Mlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.HiddenAct);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache);
        return x + Mlp.Forward(PostAttentionLayernorm.Forward(x));
    }
}

/// <summary>Attention with q, k and v in one projection.</summary>
[Module]
public sealed partial class Phi3Attention(Phi3Config config, int layer) : Module
{
    private readonly int headDim = config.HeadWidth, queryWidth = config.QueryWidth, keyWidth = config.KeyWidth;
    private readonly int? window = config.WindowOf(layer);

    public partial Linear QkvProj { get; } = new(config.HiddenSize, config.QkvWidth);
    public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor qkv = QkvProj.Forward(x);
        Tensor q = rotation.Apply(Attention.SplitHeads(qkv.narrow(-1, 0, queryWidth), headDim));
        Tensor k = rotation.Apply(Attention.SplitHeads(qkv.narrow(-1, queryWidth, keyWidth), headDim));
        Tensor v = Attention.SplitHeads(qkv.narrow(-1, queryWidth + keyWidth, keyWidth), headDim);
        return OProj.Forward(Attention.Attend(q, k, v, cache, window));
    }
}

/// <summary>The gated feed-forward part with gate and up in one projection.</summary>
[Module]
public sealed partial class Phi3Mlp(int hiddenSize, int intermediateSize, string activation) : Module
{
    private readonly int width = intermediateSize;
    private readonly Activation act = new(activation);

    public partial Linear GateUpProj { get; } = new(hiddenSize, 2 * intermediateSize);
    public partial Linear DownProj { get; } = new(intermediateSize, hiddenSize);

    public Tensor Forward(Tensor x)
    {
        Tensor both = GateUpProj.Forward(x);
        return DownProj.Forward(act.Gate(both.narrow(-1, 0, width), both.narrow(-1, width, width)));
    }
}

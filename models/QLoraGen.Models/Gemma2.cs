using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Gemma 2's <c>config.json</c>.</summary>
public sealed record Gemma2Config : AlternatingGemmaConfig
{
    public override double? AttnLogitSoftcapping { get; init; } = 50;
    public override double? FinalLogitSoftcapping { get; init; } = 30;

    protected override int Pattern => 2;
}

/// <summary>Gemma 2 (arXiv 2408.00118). Property names are the checkpoint's keys.</summary>
[Model("gemma2"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Gemma2(Gemma2Config config) : CausalLM(config)
{
    private readonly double? softcap = config.FinalLogitSoftcapping;

    public partial Gemma2Model Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) =>
        Softcap.Apply(LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden), softcap);
}

[Module]
public sealed partial class Gemma2Model(Gemma2Config config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();
    private readonly double scale = config.EmbeddingScale;

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<Gemma2Block> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids) * scale;
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

/// <summary>A block that normalizes what each of its parts is given and what it gives.</summary>
[Module]
public sealed partial class Gemma2Block(Gemma2Config config, int layer) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial Gemma2Attention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial RMSNorm PreFeedforwardLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial GatedMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.MlpActivation);
    public partial RMSNorm PostFeedforwardLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + PostAttentionLayernorm.Forward(SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache));
        return x + PostFeedforwardLayernorm.Forward(Mlp.Forward(PreFeedforwardLayernorm.Forward(x)));
    }
}

/// <summary>Attention with a soft limit on its scores; every other layer sees a window alone.</summary>
[Module]
public sealed partial class Gemma2Attention(Gemma2Config config, int layer) : Module
{
    private readonly int headDim = config.HeadWidth;
    private readonly int? window = config.WindowOf(layer);
    private readonly double scale = config.AttentionScale;
    private readonly double? softcap = config.AttnLogitSoftcapping;

    public partial Linear QProj { get; } = new(config.HiddenSize, config.QueryWidth, bias: config.QkvBias);
    public partial Linear KProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear VProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize, bias: config.OutputBias);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor q = rotation.Apply(Attention.SplitHeads(QProj.Forward(x), headDim));
        Tensor k = rotation.Apply(Attention.SplitHeads(KProj.Forward(x), headDim));
        Tensor v = Attention.SplitHeads(VProj.Forward(x), headDim);
        return OProj.Forward(Attention.Attend(q, k, v, cache, window, scale, softcap));
    }
}

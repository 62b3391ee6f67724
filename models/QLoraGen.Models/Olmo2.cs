using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>OLMo 2's <c>config.json</c>.</summary>
public sealed record Olmo2Config : DecoderConfig
{
    public override double RmsNormEps { get; init; } = 1e-5;
}

/// <summary>OLMo 2 (arXiv 2501.00656). Property names are the checkpoint's keys.</summary>
[Model("olmo2"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Olmo2(Olmo2Config config) : CausalLM(config)
{
    public partial Olmo2Model Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class Olmo2Model(Olmo2Config config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<Olmo2Block> Layers { get; } = new(config.NumHiddenLayers, () => new(config));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

/// <summary>A block that normalizes what its parts give, and not what they are given.</summary>
[Module]
public sealed partial class Olmo2Block(Olmo2Config config) : Module
{
    public partial Olmo2Attention SelfAttn { get; } = new(config);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial GatedMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.HiddenAct);
    public partial RMSNorm PostFeedforwardLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + PostAttentionLayernorm.Forward(SelfAttn.Forward(x, rotation, cache));
        return x + PostFeedforwardLayernorm.Forward(Mlp.Forward(x));
    }
}

/// <summary>Attention whose queries and keys are normalized over all heads at once.</summary>
[Module]
public sealed partial class Olmo2Attention(Olmo2Config config) : Module
{
    private readonly int headDim = config.HeadWidth;

    public partial Linear QProj { get; } = new(config.HiddenSize, config.QueryWidth, bias: config.QkvBias);
    public partial Linear KProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear VProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize, bias: config.OutputBias);
    public partial RMSNorm QNorm { get; } = new(config.QueryWidth, config.RmsNormEps);
    public partial RMSNorm KNorm { get; } = new(config.KeyWidth, config.RmsNormEps);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor q = rotation.Apply(Attention.SplitHeads(QNorm.Forward(QProj.Forward(x)), headDim));
        Tensor k = rotation.Apply(Attention.SplitHeads(KNorm.Forward(KProj.Forward(x)), headDim));
        Tensor v = Attention.SplitHeads(VProj.Forward(x), headDim);
        return OProj.Forward(Attention.Attend(q, k, v, cache));
    }
}

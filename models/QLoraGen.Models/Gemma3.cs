using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>The <c>config.json</c> of a Gemma 3 for text.</summary>
public sealed record Gemma3Config : AlternatingGemmaConfig
{
    public override int MaxPositionEmbeddings { get; init; } = 131_072;
    public override double RopeTheta { get; init; } = 1_000_000;
    public double RopeLocalBaseFreq { get; init; } = 10_000;
    public int SlidingWindowPattern { get; init; } = 6;

    protected override int Pattern => SlidingWindowPattern;

    protected override bool HasRotationsByKind => true;

    /// <summary>The rotary embedding of layers with a window; that of the others may be stretched.</summary>
    public RotaryEmbedding LocalRotary() => Rotary(RopeLocalBaseFreq, RopeParameters?.SlidingAttention);

    public override void Validate()
    {
        RequirePositive((nameof(SlidingWindowPattern), SlidingWindowPattern), (nameof(RopeLocalBaseFreq), RopeLocalBaseFreq));
        base.Validate();
        Require(AttnLogitSoftcapping is null, "attn_logit_softcapping", AttnLogitSoftcapping, "Gemma 3 has no limit on its scores; set it to null");
    }
}

/// <summary>Gemma 3 for text (arXiv 2503.19786). Property names are the checkpoint's keys.</summary>
[Model("gemma3_text"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Gemma3(Gemma3Config config) : CausalLM(config)
{
    private readonly double? softcap = config.FinalLogitSoftcapping;

    public partial Gemma3Model Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) =>
        Softcap.Apply(LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden), softcap);
}

[Module]
public sealed partial class Gemma3Model(Gemma3Config config) : Module
{
    private readonly RotaryEmbedding full = config.Rotary(), local = config.LocalRotary();
    private readonly double scale = config.EmbeddingScale;

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<Gemma3Block> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids) * scale;
        long past = cache?.Length ?? 0;
        (Rotation Full, Rotation Local) rotation = (full.At(past, x), local.At(past, x));
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

/// <summary>A block that normalizes what each of its parts is given and what it gives.</summary>
[Module]
public sealed partial class Gemma3Block(Gemma3Config config, int layer) : Module
{
    private readonly bool isLocal = config.IsLocal(layer);

    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial Gemma3Attention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial RMSNorm PreFeedforwardLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial GatedMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.MlpActivation);
    public partial RMSNorm PostFeedforwardLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);

    public Tensor Forward(Tensor x, (Rotation Full, Rotation Local) rotation, LayerCache? cache)
    {
        Rotation own = isLocal ? rotation.Local : rotation.Full;
        x = x + PostAttentionLayernorm.Forward(SelfAttn.Forward(InputLayernorm.Forward(x), own, cache));
        return x + PostFeedforwardLayernorm.Forward(Mlp.Forward(PreFeedforwardLayernorm.Forward(x)));
    }
}

/// <summary>Attention whose queries and keys are normalized head by head; most layers see a window alone.</summary>
[Module]
public sealed partial class Gemma3Attention(Gemma3Config config, int layer) : Module
{
    private readonly int headDim = config.HeadWidth;
    private readonly int? window = config.WindowOf(layer);
    private readonly double scale = config.AttentionScale;

    public partial Linear QProj { get; } = new(config.HiddenSize, config.QueryWidth, bias: config.QkvBias);
    public partial Linear KProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear VProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize, bias: config.OutputBias);
    public partial RMSNorm QNorm { get; } = new(config.HeadWidth, config.RmsNormEps, unitOffset: true);
    public partial RMSNorm KNorm { get; } = new(config.HeadWidth, config.RmsNormEps, unitOffset: true);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor q = rotation.Apply(QNorm.Forward(Attention.SplitHeads(QProj.Forward(x), headDim)));
        Tensor k = rotation.Apply(KNorm.Forward(Attention.SplitHeads(KProj.Forward(x), headDim)));
        Tensor v = Attention.SplitHeads(VProj.Forward(x), headDim);
        return OProj.Forward(Attention.Attend(q, k, v, cache, window, scale));
    }
}

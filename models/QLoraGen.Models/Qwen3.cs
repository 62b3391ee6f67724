using QLoraGen.Rules;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Qwen3's <c>config.json</c>.</summary>
public sealed record Qwen3Config : ModelConfig
{
    public required int IntermediateSize { get; init; }
    public required int NumAttentionHeads { get; init; }
    public int NumKeyValueHeads { get => field == 0 ? NumAttentionHeads : field; init; }
    public int HeadDim { get; init; } = 128;
    public double RmsNormEps { get; init; } = 1e-6;
    public double RopeTheta { get; init; } = 10_000;
    public RopeScaling? RopeScaling { get; init; }
    public bool TieWordEmbeddings { get; init; }
    public bool AttentionBias { get; init; }
    public bool UseSlidingWindow { get; init; }
    public string HiddenAct { get; init; } = "silu";

    public int QueryWidth => NumAttentionHeads * HeadDim;
    public int KeyWidth => NumKeyValueHeads * HeadDim;

    public override void Validate()
    {
        base.Validate();
        Require(IntermediateSize > 0, "intermediate_size", IntermediateSize, "use a number above 0");
        Require(NumAttentionHeads > 0, "num_attention_heads", NumAttentionHeads, "use a number above 0");
        Require(HeadDim > 0, "head_dim", HeadDim, "use an even number above 0");
        Require(HeadWidthIsOdd.Check(HeadDim));
        Require(HeadsAreNotDivisible.Check(NumAttentionHeads, NumKeyValueHeads));
        Require(RmsNormEps > 0, "rms_norm_eps", RmsNormEps, "use a number above 0");
        Require(RopeTheta > 0, "rope_theta", RopeTheta, "use a number above 0");
        Require(HiddenAct == "silu", "hidden_act", HiddenAct, "Qwen3 is computed with silu alone");
        Require(!UseSlidingWindow, "use_sliding_window", UseSlidingWindow, "attention over a sliding window is not computed here; use full attention");
        RopeScaling?.Validate();
    }
}

/// <summary>Qwen3, dense. Property names are the checkpoint's keys.</summary>
[Model("qwen3"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Qwen3(Qwen3Config config) : CausalLM(config)
{
    public partial Qwen3Model Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class Qwen3Model(Qwen3Config config) : Module
{
    private readonly RotaryEmbedding rotary = new(config.HeadDim, config.RopeTheta, config.RopeScaling);

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<Qwen3Block> Layers { get; } = new(config.NumHiddenLayers, () => new(config));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, ids.shape[1]);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

[Module]
public sealed partial class Qwen3Block(Qwen3Config config) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial Qwen3Attention SelfAttn { get; } = new(config);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial GatedMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, bias: false);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache);
        return x + Mlp.Forward(PostAttentionLayernorm.Forward(x));
    }
}

/// <summary>Attention whose queries and keys are normalized head by head before they are rotated.</summary>
[Module]
public sealed partial class Qwen3Attention(Qwen3Config config) : Module
{
    private readonly int headDim = config.HeadDim;

    public partial Linear QProj { get; } = new(config.HiddenSize, config.QueryWidth, bias: config.AttentionBias);
    public partial Linear KProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.AttentionBias);
    public partial Linear VProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.AttentionBias);
    public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize, bias: config.AttentionBias);
    public partial RMSNorm QNorm { get; } = new(config.HeadDim, config.RmsNormEps);
    public partial RMSNorm KNorm { get; } = new(config.HeadDim, config.RmsNormEps);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor q = rotation.Apply(QNorm.Forward(Attention.SplitHeads(QProj.Forward(x), headDim)));
        Tensor k = rotation.Apply(KNorm.Forward(Attention.SplitHeads(KProj.Forward(x), headDim)));
        Tensor v = Attention.SplitHeads(VProj.Forward(x), headDim);
        return OProj.Forward(Attention.Attend(q, k, v, cache));
    }
}

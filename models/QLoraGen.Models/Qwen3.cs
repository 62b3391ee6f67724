using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Qwen3's <c>config.json</c>.</summary>
public sealed record Qwen3Config : QwenConfig
{
    public override int? HeadDim { get; init; } = 128;
}

/// <summary>Qwen 3, dense (arXiv 2505.09388). Property names are the checkpoint's keys.</summary>
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
    private readonly RotaryEmbedding rotary = config.Rotary();

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<Qwen3Block> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

[Module]
public sealed partial class Qwen3Block(Qwen3Config config, int layer) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial Qwen3Attention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial GatedMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.HiddenAct);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache);
        return x + Mlp.Forward(PostAttentionLayernorm.Forward(x));
    }
}

/// <summary>Attention whose queries and keys are normalized head by head before they are rotated.</summary>
[Module]
public sealed partial class Qwen3Attention(QwenConfig config, int layer) : Module
{
    private readonly int headDim = config.HeadWidth;
    private readonly int? window = config.WindowOf(layer);

    public partial Linear QProj { get; } = new(config.HiddenSize, config.QueryWidth, bias: config.QkvBias);
    public partial Linear KProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear VProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize, bias: config.OutputBias);
    public partial RMSNorm QNorm { get; } = new(config.HeadWidth, config.RmsNormEps);
    public partial RMSNorm KNorm { get; } = new(config.HeadWidth, config.RmsNormEps);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor q = rotation.Apply(QNorm.Forward(Attention.SplitHeads(QProj.Forward(x), headDim)));
        Tensor k = rotation.Apply(KNorm.Forward(Attention.SplitHeads(KProj.Forward(x), headDim)));
        Tensor v = Attention.SplitHeads(VProj.Forward(x), headDim);
        return OProj.Forward(Attention.Attend(q, k, v, cache, window));
    }
}

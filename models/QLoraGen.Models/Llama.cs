using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Llama's <c>config.json</c>.</summary>
public sealed record LlamaConfig : DecoderConfig;

/// <summary>Llama 2 and 3, and what is built like them (SmolLM 2). Property names are the checkpoint's keys.</summary>
[Model("llama"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Llama(LlamaConfig config) : CausalLM(config)
{
    public partial LlamaModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class LlamaModel(DecoderConfig config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<LlamaBlock> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

[Module]
public sealed partial class LlamaBlock(DecoderConfig config, int layer) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial LlamaAttention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial GatedMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.HiddenAct, config.MlpBias);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache);
        return x + Mlp.Forward(PostAttentionLayernorm.Forward(x));
    }
}

/// <summary>Attention of rotated queries to rotated keys, over a window where the config gives the layer one.</summary>
[Module]
public sealed partial class LlamaAttention(DecoderConfig config, int layer) : Module
{
    private readonly int headDim = config.HeadWidth;
    private readonly int? window = config.WindowOf(layer);
    private readonly bool rotates = config.Rotates(layer);

    public partial Linear QProj { get; } = new(config.HiddenSize, config.QueryWidth, bias: config.QkvBias);
    public partial Linear KProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear VProj { get; } = new(config.HiddenSize, config.KeyWidth, bias: config.QkvBias);
    public partial Linear OProj { get; } = new(config.QueryWidth, config.HiddenSize, bias: config.OutputBias);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor q = Attention.SplitHeads(QProj.Forward(x), headDim);
        Tensor k = Attention.SplitHeads(KProj.Forward(x), headDim);
        Tensor v = Attention.SplitHeads(VProj.Forward(x), headDim);
        if (rotates)
        {
            (q, k) = (rotation.Apply(q), rotation.Apply(k));
        }
        return OProj.Forward(Attention.Attend(q, k, v, cache, window));
    }
}

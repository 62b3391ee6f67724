using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>The first Gemma's <c>config.json</c>.</summary>
public sealed record Gemma1Config : GemmaConfig;

/// <summary>Gemma (arXiv 2403.08295). Property names are the checkpoint's keys.</summary>
[Model("gemma"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Gemma(Gemma1Config config) : CausalLM(config)
{
    public partial GemmaModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class GemmaModel(Gemma1Config config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();
    private readonly double scale = config.EmbeddingScale;

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<GemmaBlock> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids) * scale;
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

/// <summary>Llama's block with norms whose scale is 1 + weight.</summary>
[Module]
public sealed partial class GemmaBlock(Gemma1Config config, int layer) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial LlamaAttention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps, unitOffset: true);
    public partial GatedMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.MlpActivation);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache);
        return x + Mlp.Forward(PostAttentionLayernorm.Forward(x));
    }
}

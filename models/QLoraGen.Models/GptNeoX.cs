using System.Text.Json.Serialization;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>The <c>config.json</c> of GPT-NeoX and Pythia.</summary>
public sealed record GptNeoXConfig : DecoderConfig
{
    [JsonPropertyName("rotary_emb_base")]
    public override double RopeTheta { get; init; } = 10_000;

    [JsonPropertyName("rotary_pct")]
    public override double? PartialRotaryFactor { get; init; } = 0.25;

    public override bool AttentionBias { get; init; } = true;
    public override string HiddenAct { get; init; } = "gelu";
    public double LayerNormEps { get; init; } = 1e-5;
    public bool UseParallelResidual { get; init; } = true;

    public override void Validate()
    {
        base.Validate();
        RequirePositive((nameof(LayerNormEps), LayerNormEps));
    }
}

/// <summary>GPT-NeoX (arXiv 2204.06745) and Pythia. Property names are the checkpoint's keys.</summary>
[Model("gpt_neox"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class GptNeoX(GptNeoXConfig config) : CausalLM(config)
{
    [Key("gpt_neox")]
    public partial GptNeoXModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? EmbedOut { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => EmbedOut is null ? Model.EmbedIn.Unembed(hidden) : EmbedOut.Forward(hidden);
}

[Module]
public sealed partial class GptNeoXModel(GptNeoXConfig config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();

    public partial Embedding EmbedIn { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<GptNeoXBlock> Layers { get; } = new(config.NumHiddenLayers, () => new(config));
    public partial LayerNorm FinalLayerNorm { get; } = new(config.HiddenSize, config.LayerNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedIn.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return FinalLayerNorm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

/// <summary>A block whose two parts see the same input, or one the other's output.</summary>
[Module]
public sealed partial class GptNeoXBlock(GptNeoXConfig config) : Module
{
    private readonly bool isParallel = config.UseParallelResidual;

    public partial LayerNorm InputLayernorm { get; } = new(config.HiddenSize, config.LayerNormEps);
    public partial GptNeoXAttention Attention { get; } = new(config);
    public partial LayerNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.LayerNormEps);
    public partial GptNeoXMlp Mlp { get; } = new(config.HiddenSize, config.IntermediateSize, config.HiddenAct);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor attended = x + Attention.Forward(InputLayernorm.Forward(x), rotation, cache);
        return attended + Mlp.Forward(PostAttentionLayernorm.Forward(isParallel ? x : attended));
    }
}

/// <summary>Attention with q, k and v of one head after the other in one projection; a part of each head is rotated.</summary>
[Module]
public sealed partial class GptNeoXAttention(GptNeoXConfig config) : Module
{
    private readonly int headDim = config.HeadWidth;

    public partial Linear QueryKeyValue { get; } = new(config.HiddenSize, 3 * config.HiddenSize, bias: config.QkvBias);
    public partial Linear Dense { get; } = new(config.HiddenSize, config.HiddenSize, bias: config.OutputBias);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor heads = Attention.SplitHeads(QueryKeyValue.Forward(x), 3 * headDim);
        Tensor q = rotation.Apply(heads.narrow(-1, 0, headDim));
        Tensor k = rotation.Apply(heads.narrow(-1, headDim, headDim));
        Tensor v = heads.narrow(-1, 2 * headDim, headDim);
        return Dense.Forward(Attention.Attend(q, k, v, cache));
    }
}

[Module]
public sealed partial class GptNeoXMlp(int hiddenSize, int intermediateSize, string activation) : Module
{
    private readonly Activation act = new(activation);

    [Key("dense_h_to_4h")]
    public partial Linear DenseHTo4H { get; } = new(hiddenSize, intermediateSize, bias: true);

    [Key("dense_4h_to_h")]
    public partial Linear Dense4HToH { get; } = new(intermediateSize, hiddenSize, bias: true);

    public Tensor Forward(Tensor x) => Dense4HToH.Forward(act.Apply(DenseHTo4H.Forward(x)));
}

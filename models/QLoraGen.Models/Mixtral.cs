using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Mixtral's <c>config.json</c>.</summary>
public sealed record MixtralConfig : DecoderConfig
{
    public override double RmsNormEps { get; init; } = 1e-5;
    public override double RopeTheta { get; init; } = 1_000_000;
    public int NumLocalExperts { get; init; } = 8;
    public int NumExpertsPerTok { get; init; } = 2;

    public override int? WindowOf(int layer) => SlidingWindow;

    public override void Validate()
    {
        base.Validate();
        RequireExperts("num_local_experts", NumLocalExperts, NumExpertsPerTok);
    }
}

/// <summary>Mixtral (arXiv 2401.04088): Mistral with a choice of experts. Property names are the checkpoint's keys.</summary>
[Model("mixtral"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Mixtral(MixtralConfig config) : CausalLM(config)
{
    public partial MixtralModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class MixtralModel(MixtralConfig config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<MixtralBlock> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

[Module]
public sealed partial class MixtralBlock(MixtralConfig config, int layer) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial LlamaAttention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial MixtralMoe BlockSparseMoe { get; } = new(config);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache);
        return x + BlockSparseMoe.Forward(PostAttentionLayernorm.Forward(x));
    }
}

/// <summary>The experts of a block and the router that chooses among them.</summary>
[Module]
public sealed partial class MixtralMoe(MixtralConfig config) : Module
{
    private readonly int top = config.NumExpertsPerTok;

    [FullPrecision]
    public partial Linear Gate { get; } = new(config.HiddenSize, config.NumLocalExperts);
    public partial ModuleList<MixtralExpert> Experts { get; } = new(config.NumLocalExperts, () => new(config.HiddenSize, config.IntermediateSize, config.HiddenAct));

    public Tensor Forward(Tensor x) => Routing.Mix(x, Gate.Forward(x), top, normalize: true, (expert, tokens) => Experts[expert].Forward(tokens));
}

/// <summary>The gated feed-forward part under Mixtral's names: w1 is the gate, w3 goes up, w2 down.</summary>
[Module]
public sealed partial class MixtralExpert(int hiddenSize, int intermediateSize, string activation) : Module
{
    private readonly Activation act = new(activation);

    public partial Linear W1 { get; } = new(hiddenSize, intermediateSize);
    public partial Linear W2 { get; } = new(intermediateSize, hiddenSize);
    public partial Linear W3 { get; } = new(hiddenSize, intermediateSize);

    public Tensor Forward(Tensor x) => W2.Forward(act.Gate(W1.Forward(x), W3.Forward(x)));
}

using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>The <c>config.json</c> of a Qwen3 with experts.</summary>
public sealed record Qwen3MoeConfig : QwenConfig
{
    public int MoeIntermediateSize { get; init; } = 768;
    public int NumExperts { get; init; } = 128;
    public int NumExpertsPerTok { get; init; } = 8;
    public bool NormTopkProb { get; init; }
    public int DecoderSparseStep { get; init; } = 1;
    public IReadOnlyList<int>? MlpOnlyLayers { get; init; }

    /// <summary>Whether a layer has experts; otherwise it has one feed-forward part.</summary>
    public bool HasExperts(int layer) => MlpOnlyLayers?.Contains(layer) is not true && (layer + 1) % DecoderSparseStep == 0;

    public override void Validate()
    {
        base.Validate();
        RequirePositive((nameof(MoeIntermediateSize), MoeIntermediateSize), (nameof(DecoderSparseStep), DecoderSparseStep));
        RequireExperts("num_experts", NumExperts, NumExpertsPerTok);
    }
}

/// <summary>Qwen 3 with experts (arXiv 2505.09388). Property names are the checkpoint's keys.</summary>
[Model("qwen3_moe"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Qwen3Moe(Qwen3MoeConfig config) : CausalLM(config)
{
    public partial Qwen3MoeModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

[Module]
public sealed partial class Qwen3MoeModel(Qwen3MoeConfig config) : Module
{
    private readonly RotaryEmbedding rotary = config.Rotary();

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<Qwen3MoeBlock> Layers { get; } = new(config.NumHiddenLayers, layer => new(config, layer));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    public Tensor Forward(Tensor ids, KVCache? cache)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        return Norm.Forward(Layers.Through(x, (layer, i, x) => layer.Forward(x, rotation, cache?[i])));
    }
}

/// <summary>Qwen3's block; what the checkpoint calls its mlp are experts in most layers.</summary>
[Module]
public sealed partial class Qwen3MoeBlock(Qwen3MoeConfig config, int layer) : Module
{
    public partial RMSNorm InputLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial Qwen3Attention SelfAttn { get; } = new(config, layer);
    public partial RMSNorm PostAttentionLayernorm { get; } = new(config.HiddenSize, config.RmsNormEps);

    [Key("mlp")]
    public partial Qwen3MoeExperts? Experts { get; } = config.HasExperts(layer) ? new(config) : null;
    public partial GatedMlp? Mlp { get; } = config.HasExperts(layer) ? null : new(config.HiddenSize, config.IntermediateSize, config.HiddenAct);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        x = x + SelfAttn.Forward(InputLayernorm.Forward(x), rotation, cache);
        Tensor normed = PostAttentionLayernorm.Forward(x);
        return x + (Experts is null ? Mlp!.Forward(normed) : Experts.Forward(normed));
    }
}

/// <summary>The experts of a block and the router that chooses among them.</summary>
[Module]
public sealed partial class Qwen3MoeExperts(Qwen3MoeConfig config) : Module
{
    private readonly int top = config.NumExpertsPerTok;
    private readonly bool normalize = config.NormTopkProb;

    [FullPrecision]
    public partial Linear Gate { get; } = new(config.HiddenSize, config.NumExperts);
    public partial ModuleList<GatedMlp> Experts { get; } = new(config.NumExperts, () => new(config.HiddenSize, config.MoeIntermediateSize, config.HiddenAct));

    public Tensor Forward(Tensor x) => Routing.Mix(x, Gate.Forward(x), top, normalize, (expert, tokens) => Experts[expert].Forward(tokens));
}

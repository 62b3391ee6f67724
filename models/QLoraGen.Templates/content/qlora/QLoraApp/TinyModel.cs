using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace QLoraApp;

/// <summary>What tiny.config.json holds.</summary>
public sealed record TinyConfig : ModelConfig
{
    public required int IntermediateSize { get; init; }
    public required int NumAttentionHeads { get; init; }
    public double RmsNormEps { get; init; } = 1e-5;

    public int HeadDim => HiddenSize / NumAttentionHeads;
}

/// <summary>
/// A small decoder. Property names are the checkpoint's keys; hover over the class to see what fine-tuning it takes, and
/// look at what is generated in obj/generated.
/// </summary>
[Model("tiny"), Checkpoint("tiny.config.json"), Quantized(NF4), LoRA(r: 8, alpha: 16)]
public sealed partial class TinyModel(TinyConfig config) : CausalLM(config)
{
    private readonly RotaryEmbedding rotary = new(config.HeadDim, theta: 10_000);

    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<TinyBlock> Layers { get; } = new(config.NumHiddenLayers, () => new(config));
    public partial RMSNorm Norm { get; } = new(config.HiddenSize, config.RmsNormEps);

    [FullPrecision]
    public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null)
    {
        Tensor x = EmbedTokens.Forward(ids);
        Rotation rotation = rotary.At(cache?.Length ?? 0, x);
        foreach ((int i, TinyBlock layer) in Layers.Index())
        {
            x = layer.Forward(x, rotation, cache?[i]);
        }
        return Norm.Forward(x);
    }

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

[Module]
public sealed partial class TinyBlock(TinyConfig config) : Module
{
    private readonly int headDim = config.HeadDim;

    public partial RMSNorm AttentionNorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial Linear QProj { get; } = new(config.HiddenSize, config.HiddenSize);
    public partial Linear KProj { get; } = new(config.HiddenSize, config.HiddenSize);
    public partial Linear VProj { get; } = new(config.HiddenSize, config.HiddenSize);
    public partial Linear OProj { get; } = new(config.HiddenSize, config.HiddenSize);
    public partial RMSNorm MlpNorm { get; } = new(config.HiddenSize, config.RmsNormEps);
    public partial Linear UpProj { get; } = new(config.HiddenSize, config.IntermediateSize);
    public partial Linear DownProj { get; } = new(config.IntermediateSize, config.HiddenSize);

    public Tensor Forward(Tensor x, Rotation rotation, LayerCache? cache)
    {
        Tensor h = AttentionNorm.Forward(x);
        Tensor q = rotation.Apply(Attention.SplitHeads(QProj.Forward(h), headDim));
        Tensor k = rotation.Apply(Attention.SplitHeads(KProj.Forward(h), headDim));
        Tensor v = Attention.SplitHeads(VProj.Forward(h), headDim);
        x = x + OProj.Forward(Attention.Attend(q, k, v, cache));
        return x + DownProj.Forward(silu(UpProj.Forward(MlpNorm.Forward(x))));
    }
}

using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig
{
    public required int IntermediateSize { get; init; }
}

[Model("tiny"), Quantized(NF4), LoRA(r: 8, alpha: 16, Targets = ["up_proj", "down_proj"]), Checkpoint("tiny.config.json")]
public sealed partial class Tiny(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial ModuleList<TinyBlock> Layers { get; } = new(config.NumHiddenLayers, () => new(config));

    public partial RMSNorm Norm { get; } = new(config.HiddenSize, 1e-5);

    [FullPrecision]
    public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null)
    {
        Tensor hidden = EmbedTokens.Forward(ids);
        foreach (TinyBlock block in Layers)
        {
            hidden = block.Forward(hidden);
        }
        return Norm.Forward(hidden);
    }

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

[Module]
public sealed partial class TinyBlock(TinyConfig config) : Module
{
    public partial Linear UpProj { get; } = new(config.HiddenSize, config.IntermediateSize);
    public partial Linear DownProj { get; } = new(config.IntermediateSize, config.HiddenSize);

    public Tensor Forward(Tensor x) => x + DownProj.Forward(UpProj.Forward(x));
}

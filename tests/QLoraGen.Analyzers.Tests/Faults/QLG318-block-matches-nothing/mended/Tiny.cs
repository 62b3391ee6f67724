using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig;

[Model("tiny"), Quantized(NF4), LoRA(r: 8, LayersToTransform = [0, 1]), Checkpoint("tiny.config.json")]
public sealed partial class Tiny(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial TinyBody Model { get; } = new(config);

    [FullPrecision]
    public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(EmbedTokens.Forward(ids));

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

[Module]
public sealed partial class TinyBody(TinyConfig config) : Module
{
    public partial ModuleList<TinyBlock> Layers { get; } = new(config.NumHiddenLayers, () => new(config));

    public Tensor Forward(Tensor x)
    {
        foreach (TinyBlock block in Layers)
        {
            x = block.Forward(x);
        }
        return x;
    }
}

[Module]
public sealed partial class TinyBlock(TinyConfig config) : Module
{
    public partial Linear UpProj { get; } = new(config.HiddenSize, config.HiddenSize);

    public Tensor Forward(Tensor x) => x + UpProj.Forward(x);
}

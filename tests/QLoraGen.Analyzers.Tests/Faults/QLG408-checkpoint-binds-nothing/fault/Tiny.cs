using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig;

[Model("tiny"), Checkpoint({|QLG408:"tiny.cofnig.json"|})]
public sealed partial class Tiny(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

    public override Tensor Forward(Tensor ids, KVCache? cache = null) => LmHead.Forward(EmbedTokens.Forward(ids));
}

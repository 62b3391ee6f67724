using QLoraGen;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig;

[Model("tiny")]
public sealed partial class Tiny(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => EmbedTokens.Forward(ids);

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

[{|QLG109:Model("tiny")|}]
public sealed partial class Twin(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => EmbedTokens.Forward(ids);

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

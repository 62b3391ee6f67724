using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig;

[Model("tiny"), Quantized(NF4), LoRA(32, 128)]
public sealed partial class Tiny(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(1024, 128);
    public partial Linear DownProj { get; } = new(128, 64);
    public partial Linear LmHead { get; } = new(64, 1024);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => DownProj.Forward(EmbedTokens.Forward(ids));

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig;

[Model("tiny"), Quantized(NF4, BlockSize = 64), LoRA(r: 8, alpha: 16)]
public sealed partial class Tiny(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, 128);
    public partial Linear DownProj { get; } = new(128, 64);

    [FullPrecision]
    public partial Linear LmHead { get; } = new(64, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => DownProj.Forward(EmbedTokens.Forward(ids));

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

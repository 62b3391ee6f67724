using QLoraGen;
using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace Declared;

public sealed record TinyConfig : ModelConfig;

[Model("tiny"), Quantized(NF4), LoRA(r: 16, Targets = ["q_proj", {|QLG309:"norm"|}])]
public sealed partial class Tiny(TinyConfig config) : CausalLM(config)
{
    public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
    public partial Linear QProj { get; } = new(config.HiddenSize, config.HiddenSize);
    public partial Linear OProj { get; } = new(config.HiddenSize, config.HiddenSize);

    public partial RMSNorm Norm { get; } = new(config.HiddenSize, 1e-5);

    [FullPrecision]
    public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null)
    {
        Tensor x = EmbedTokens.Forward(ids);
        return Norm.Forward(x + OProj.Forward(QProj.Forward(x)));
    }

    public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
}

using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Qwen2's and Qwen2.5's <c>config.json</c>.</summary>
public sealed record Qwen2Config : QwenConfig
{
    public override bool QkvBias => true;
    public override bool OutputBias => false;
}

/// <summary>Qwen 2 and 2.5: Llama's blocks with a bias on q, k and v (arXiv 2407.10671).</summary>
[Model("qwen2"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Qwen2(Qwen2Config config) : CausalLM(config)
{
    public partial LlamaModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

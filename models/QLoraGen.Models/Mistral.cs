using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>Mistral's <c>config.json</c>.</summary>
public sealed record MistralConfig : DecoderConfig
{
    public override int? NumKeyValueHeads { get; init; } = 8;
    public override int? SlidingWindow { get; init; } = 4096;

    public override int? WindowOf(int layer) => SlidingWindow;
}

/// <summary>Mistral: Llama's blocks, all over one sliding window (arXiv 2310.06825).</summary>
[Model("mistral"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class Mistral(MistralConfig config) : CausalLM(config)
{
    public partial LlamaModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

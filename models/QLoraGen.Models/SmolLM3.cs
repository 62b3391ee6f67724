using static QLoraGen.QuantType;
using static TorchSharp.torch;

namespace QLoraGen.Models;

/// <summary>SmolLM3's <c>config.json</c>.</summary>
public sealed record SmolLM3Config : DecoderConfig
{
    public override int? NumKeyValueHeads { get; init; } = 4;
    public override int MaxPositionEmbeddings { get; init; } = 32_768;
    public override double RopeTheta { get; init; } = 2_000_000;
    public override bool TieWordEmbeddings { get; init; } = true;
    public bool UseSlidingWindow { get; init; }

    /// <summary>For each layer 1 where it rotates, 0 where it does not.</summary>
    public IReadOnlyList<int>? NoRopeLayers { get; init; }
    public int NoRopeLayerInterval { get; init; } = 4;

    public override bool Rotates(int layer) => NoRopeLayers is null ? (layer + 1) % NoRopeLayerInterval != 0 : NoRopeLayers[layer] != 0;

    public override int? WindowOf(int layer) => UseSlidingWindow && IsSliding(layer) ? SlidingWindow : null;

    public override void Validate()
    {
        RequirePositive((nameof(NoRopeLayerInterval), NoRopeLayerInterval));
        Require(NoRopeLayers is null || NoRopeLayers.Count >= NumHiddenLayers, "no_rope_layers", $"a list of {NoRopeLayers?.Count}", $"use {NumHiddenLayers} entries, one a layer");
        Require(!UseSlidingWindow || LayerTypes is not null, "use_sliding_window", UseSlidingWindow, "add layer_types, which says what layers have the window");
        base.Validate();
    }
}

/// <summary>SmolLM 3: Llama's blocks, every fourth of them without rotary positions (NoPE, arXiv 2501.18795).</summary>
[Model("smollm3"), Quantized(NF4), LoRA(r: 16, alpha: 32)]
public partial class SmolLM3(SmolLM3Config config) : CausalLM(config)
{
    public partial LlamaModel Model { get; } = new(config);

    [FullPrecision]
    public partial Linear? LmHead { get; } = config.TieWordEmbeddings ? null : new(config.HiddenSize, config.VocabSize);

    public override Tensor Hidden(Tensor ids, KVCache? cache = null) => Model.Forward(ids, cache);

    public override Tensor Logits(Tensor hidden) => LmHead is null ? Model.EmbedTokens.Unembed(hidden) : LmHead.Forward(hidden);
}

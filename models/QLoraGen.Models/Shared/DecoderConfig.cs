using QLoraGen.Rules;

namespace QLoraGen.Models;

/// <summary>What the configs of decoders with rotary positions have in common. Their checks stand here once.</summary>
public abstract record DecoderConfig : ModelConfig
{
    // Each is objects before it is weights, as layers are.
    private const int MostExperts = 100_000;
    private const string Sliding = "sliding_attention", Full = "full_attention";

    public virtual required int IntermediateSize { get; init; }
    public required int NumAttentionHeads { get; init; }
    public virtual int? NumKeyValueHeads { get; init; }
    public virtual int? HeadDim { get; init; }
    public virtual double RmsNormEps { get; init; } = 1e-6;
    public virtual double RopeTheta { get; init; } = 10_000;
    public virtual double? PartialRotaryFactor { get; init; }
    public virtual int? OriginalMaxPositionEmbeddings { get; init; }
    public RopeScaling? RopeScaling { get; init; }
    public RopeScaling? RopeParameters { get; init; }
    public virtual bool TieWordEmbeddings { get; init; }
    public virtual bool AttentionBias { get; init; }
    public bool MlpBias { get; init; }
    public virtual string HiddenAct { get; init; } = "silu";
    public virtual int? SlidingWindow { get; init; }
    public IReadOnlyList<string>? LayerTypes { get; init; }

    public int KeyValueHeads => NumKeyValueHeads ?? NumAttentionHeads;
    public int HeadWidth => HeadDim ?? HiddenSize / NumAttentionHeads;
    public int QueryWidth => NumAttentionHeads * HeadWidth;
    public int KeyWidth => KeyValueHeads * HeadWidth;

    /// <summary>Whether q, k and v have a bias.</summary>
    public virtual bool QkvBias => AttentionBias;

    /// <summary>Whether the output of attention has a bias.</summary>
    public virtual bool OutputBias => AttentionBias;

    /// <summary>How many tokens a token of a layer sees, itself included; null for all before it.</summary>
    public virtual int? WindowOf(int layer) => null;

    /// <summary>Whether the config's list of layers gives a layer a window.</summary>
    protected bool IsSliding(int layer) => LayerTypes?[layer] == Sliding;

    /// <summary>Whether a layer rotates its queries and keys.</summary>
    public virtual bool Rotates(int layer) => true;

    /// <summary>Whether full and windowed layers may have rotations of their own.</summary>
    protected virtual bool HasRotationsByKind => false;

    /// <summary>The rotary embedding of all layers, or of those with full attention.</summary>
    public RotaryEmbedding Rotary() => Rotary(RopeTheta, Scaling);

    /// <summary>A rotary embedding of the config's width.</summary>
    protected RotaryEmbedding Rotary(double theta, RopeScaling? scaling) =>
        new(RotaryWidth, scaling?.RopeTheta ?? theta, scaling, MaxPositionEmbeddings);

    public override int? CacheIsGoodFor => Scaling?.ChangesAfter;

    private RopeScaling? Scaling => (RopeParameters?.FullAttention ?? RopeParameters ?? RopeScaling) is { } given
        ? given with { OriginalMaxPositionEmbeddings = given.OriginalMaxPositionEmbeddings ?? OriginalMaxPositionEmbeddings }
        : null;

    private int RotaryWidth =>
        (int)(HeadWidth * (RopeParameters?.PartialRotaryFactor ?? RopeScaling?.PartialRotaryFactor ?? PartialRotaryFactor ?? 1));

    public override void Validate()
    {
        base.Validate();
        RequirePositive((nameof(NumAttentionHeads), NumAttentionHeads));   // first: other widths are divided by it
        RequirePositive(
            (nameof(IntermediateSize), IntermediateSize), (nameof(NumKeyValueHeads), KeyValueHeads),
            (nameof(HeadDim), HeadWidth), (nameof(RmsNormEps), RmsNormEps), (nameof(RopeTheta), RopeTheta));
        Require(HeadsAreNotDivisible.Check(NumAttentionHeads, KeyValueHeads));
        Require(HeadWidthIsOdd.Check(RotaryWidth));
        Require(RotaryWidth > 0 && RotaryWidth <= HeadWidth, KeyOf(nameof(PartialRotaryFactor)), RotaryWidth / (double)HeadWidth, "use a number above 0 and at most 1");
        Require(Activation.Names.Contains(HiddenAct), KeyOf(nameof(HiddenAct)), HiddenAct, $"use one of {string.Join(", ", Activation.Names)}");
        Require(
            HasRotationsByKind || RopeParameters is not { FullAttention: not null } and not { SlidingAttention: not null },
            "rope_parameters", "by kind of layer", "this model has one rotation for all layers");
        foreach (RopeScaling? scaling in (ReadOnlySpan<RopeScaling?>)[RopeScaling, RopeParameters, RopeParameters?.FullAttention, RopeParameters?.SlidingAttention])
        {
            scaling?.Validate(RotaryWidth / 2);
            Require(scaling?.RopeTheta is null or > 0, "rope_theta", scaling?.RopeTheta, "use a number above 0");
        }
        Require(OriginalMaxPositionEmbeddings is null or > 1, "original_max_position_embeddings", OriginalMaxPositionEmbeddings, "use a number above 1");
        Require(SlidingWindow is null or > 0, KeyOf(nameof(SlidingWindow)), SlidingWindow, "use a number above 0, or null for full attention");
        ValidateLayerTypes();
    }

    /// <summary>Checks a number of experts in each layer, and how many of them a token goes through.</summary>
    protected void RequireExperts(string key, int experts, int perToken)
    {
        Require((long)experts * NumHiddenLayers <= MostExperts, key, experts, $"at most {MostExperts} are built, all layers together");
        Require(perToken > 0 && perToken <= experts, "num_experts_per_tok", perToken, $"use a number from 1 to {key} ({experts})");
    }

    private void ValidateLayerTypes()
    {
        Require(LayerTypes is null || LayerTypes.Count == NumHiddenLayers, "layer_types", $"a list of {LayerTypes?.Count}", $"use {NumHiddenLayers} entries, one a layer");
        foreach ((int layer, string type) in (LayerTypes ?? []).Index())
        {
            Require(type is Sliding or Full, $"layer_types[{layer}]", type, $"{Full} and {Sliding} are computed");
            Require(WindowOf(layer) is null == (type == Full), $"layer_types[{layer}]", type, "the other fields of this config say otherwise; use the config.json of the model");
        }
    }
}

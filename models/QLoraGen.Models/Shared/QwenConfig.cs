namespace QLoraGen.Models;

/// <summary>What the configs of Qwen 2 and 3 share: upper layers may see a window alone.</summary>
public abstract record QwenConfig : DecoderConfig
{
    public override int MaxPositionEmbeddings { get; init; } = 32_768;
    public override int? SlidingWindow { get; init; } = 4096;
    public bool UseSlidingWindow { get; init; }
    public int MaxWindowLayers { get; init; } = 28;

    public override int? WindowOf(int layer) =>
        UseSlidingWindow && (LayerTypes is null ? layer >= MaxWindowLayers : IsSliding(layer)) ? SlidingWindow : null;
}

namespace QLoraGen;

/// <summary>Which layers get an adapter: the one condition and its words, for the compiler's documentation and for the tool.</summary>
public static class WhyFrozen
{
    /// <summary>Why a layer gets no adapter, in a few words; null where it gets one.</summary>
    /// <param name="config">The adapters; null where a class declares none.</param>
    /// <param name="layer">The layer.</param>
    public static string? Of(LoraConfig? config, TargetLayer layer) =>
        !layer.IsLinear ? "not linear"
        : config is null ? "the class has no [LoRA]"
        : !config.IsTargeted(layer) ? config.IsAllLinear ? "[FullPrecision]" : "not among the targets"
        : config.IsExcluded(layer.Path) ? "excluded"
        : null;
}

namespace QLoraGen;

/// <summary>Which layers get an adapter: the one condition and its words, for the compiler's documentation and for the tool.</summary>
public static class WhyFrozen
{
    /// <summary>Why a layer gets no adapter, in a few words; null where it gets one, or trains whole.</summary>
    /// <param name="config">The adapters; null where a class declares none.</param>
    /// <param name="layer">The layer.</param>
    public static string? Of(LoraConfig? config, TargetLayer layer) =>
        config?.TrainsWhole(layer.Path) == true ? null
        : !layer.CanAdapt ? "not linear"
        : config is null ? layer.IsLinear ? "the class has no [LoRA]" : "not linear"
        : !config.IsTargeted(layer) ? !config.IsAllLinear ? "not among the targets" : layer.IsLinear ? "[FullPrecision]" : "not linear"
        : !config.IsInBlocks(layer.Path) ? "not in layers_to_transform"
        : config.IsExcluded(layer.Path) ? "excluded"
        : null;
}

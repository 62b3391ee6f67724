namespace QLoraGen.Generators.Models;

/// <summary>What a [Model] class adds to a [Module].</summary>
/// <param name="ModelType">The config.json's model_type.</param>
/// <param name="ConfigType">The type of the constructor's one parameter, in full.</param>
/// <param name="Quantized">The [Quantized] policy, or null.</param>
/// <param name="Lora">The [LoRA] policy, or null.</param>
/// <param name="Tree">The whole model, down to the layers.</param>
/// <param name="IsVisible">Whether the rest of the assembly can name the class.</param>
internal sealed record RootModel(string ModelType, string ConfigType, QuantizedModel? Quantized, LoraModel? Lora, ModelTree Tree, bool IsVisible);

/// <summary>The arguments of [Quantized].</summary>
internal sealed record QuantizedModel(string Type, int BlockSize, bool DoubleQuant);

/// <summary>The arguments of [LoRA].</summary>
internal sealed record LoraModel(
    int R, double Alpha, double Dropout, bool UseRslora, EquatableArray<string> Targets, EquatableArray<string> Exclude,
    EquatableArray<string> RankPattern, EquatableArray<string> AlphaPattern)
{
    public string? TargetPattern { get; init; }

    public string? ExcludePattern { get; init; }

    public bool UseDora { get; init; }

    public bool LoraBias { get; init; }

    public BiasTraining Bias { get; init; }

    public string InitLoraWeights { get; init; } = LoraStart.Default;

    public EquatableArray<string> ModulesToSave { get; init; }

    public EquatableArray<int> LayersToTransform { get; init; }

    public EquatableArray<string> LayersPattern { get; init; }

    /// <summary>As the runtime takes it; entries of patterns that are not <c>name=number</c> are left to their rule.</summary>
    public LoraConfig ToConfig() => new()
    {
        R = R,
        LoraAlpha = Alpha,
        LoraDropout = Dropout,
        UseRslora = UseRslora,
        UseDora = UseDora,
        LoraBias = LoraBias,
        Bias = Bias,
        InitLoraWeights = InitLoraWeights,
        TargetModules = [.. Targets],
        TargetPattern = TargetPattern,
        ExcludeModules = [.. Exclude],
        ExcludePattern = ExcludePattern,
        ModulesToSave = [.. ModulesToSave],
        LayersToTransform = [.. LayersToTransform],
        LayersPattern = [.. LayersPattern],
        RankPattern = [.. PatternEntry.Read(RankPattern).Select(static entry => new KeyValuePair<string, int>(entry.Key, (int)entry.Value))],
        AlphaPattern = [.. PatternEntry.Read(AlphaPattern)],
    };
}

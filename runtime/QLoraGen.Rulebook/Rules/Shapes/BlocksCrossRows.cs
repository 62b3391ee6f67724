namespace QLoraGen.Rules;

/// <summary>Weights whose rows are not whole blocks, or not whole runs of the fused kernels: the slower path is taken.</summary>
public static class BlocksCrossRows
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG205", "A width is not a multiple of the block size", RuleSeverity.Info,
        "The {0} inputs of {1} are no multiple of {2}, so the kernels take their slower path: {3}.");

    /// <summary>Checks the linear layers that are quantized; of several, the first is named and the others are counted.</summary>
    public static Fault? Check(IEnumerable<TargetLayer> layers, QuantFormat format)
    {
        int unit = format.FusedUnit;
        TargetLayer[] slower = [.. layers.Where(layer => layer is { IsLinear: true, FullPrecision: false, InFeatures: { } width } && width % unit != 0)];
        if (slower.Length == 0)
        {
            return null;
        }
        string others = slower.Length > 1 ? $" and of {slower.Length - 1} more layers" : "";
        return Rule.Broken(slower[0].InFeatures, Shown.Quoted(slower[0].Path) + others, unit, Mend(slower, unit));
    }

    private static string Mend(TargetLayer[] slower, int unit)
    {
        for (int smaller = unit / 2; smaller >= QuantFormat.FusedRun; smaller /= 2)
        {
            if (slower.All(layer => layer.InFeatures % smaller == 0))
            {
                return $"use a block size of {smaller}";
            }
        }
        return $"use widths that are multiples of {QuantFormat.FusedRun}, where the model is your own";
    }
}

namespace QLoraGen.Rules;

/// <summary>Weights whose rows are not whole blocks: blocks run over the flattened weight, so the kernels take their slower path.</summary>
public static class BlocksCrossRows
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG205", "A width is not a multiple of the block size", RuleSeverity.Info,
        "The {0} inputs of {1} are no multiple of the block size {2}, so blocks cross rows and the kernels take their slower path: {3}.");

    /// <summary>Checks the linear layers that are quantized; of several, the first is named and the others are counted.</summary>
    public static Fault? Check(IEnumerable<TargetLayer> layers, int blockSize)
    {
        TargetLayer[] crossed = [.. layers.Where(layer => layer is { IsLinear: true, FullPrecision: false, InFeatures: { } width } && width % blockSize != 0)];
        if (crossed.Length == 0)
        {
            return null;
        }
        long width = crossed[0].InFeatures!.Value;
        string others = crossed.Length > 1 ? $" and {crossed.Length - 1} more" : "";
        return Rule.Broken(width, $"{Shown.Quoted(crossed[0].Path)}{others}", blockSize, Mend(crossed, blockSize));
    }

    private static string Mend(IEnumerable<TargetLayer> crossed, int blockSize)
    {
        for (int smaller = blockSize / 2; smaller >= QuantFormat.MinBlockSize; smaller /= 2)
        {
            if (crossed.All(layer => layer.InFeatures % smaller == 0))
            {
                return $"a block size of {smaller} fits";
            }
        }
        return $"no block size fits, a multiple of {QuantFormat.MinBlockSize} as width would";
    }
}

namespace QLoraGen;

/// <summary>What keeps AdamW's moments. Both are of the same method; they differ in memory and in rounding.</summary>
public enum OptimizerType
{
    /// <summary>In fp32: 8 bytes a trained value (<c>adamw_torch</c>).</summary>
    AdamW,

    /// <summary>In 8 bits, blockwise as bitsandbytes keeps them: 2.03 bytes a trained value (<c>adamw_bnb_8bit</c>).</summary>
    AdamW8Bit,
}

/// <summary>The names of optimizers, as Transformers' <c>optim</c> has them.</summary>
public static class OptimizerTypes
{
    private const string Paged = "paged_";

    /// <summary>The names that are known.</summary>
    public static IReadOnlyList<string> Names { get; } = ["adamw_torch", "adamw_torch_fused", "adamw_8bit", "adamw_bnb_8bit"];

    /// <summary>The optimizer that a name means.</summary>
    /// <exception cref="QLoraException">The name is not known, or means nothing here.</exception>
    public static OptimizerType Parse(string name) => name switch
    {
        "adamw_torch" or "adamw_torch_fused" => OptimizerType.AdamW,
        "adamw_8bit" or "adamw_bnb_8bit" => OptimizerType.AdamW8Bit,
        _ when name.StartsWith(Paged, StringComparison.Ordinal) => throw new QLoraException(
            $"optim is {name}: a paged optimizer moves its states from a GPU's memory to the host's when there is no room. Here they are in "
            + "the host's memory from the start, which the operating system pages: use adamw_torch or adamw_8bit."),
        _ => throw new QLoraException($"optim is {name}: use one of {string.Join(", ", Names)}."),
    };
}

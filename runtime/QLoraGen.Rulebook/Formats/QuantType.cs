namespace QLoraGen;

/// <summary>The 4-bit data type that a frozen weight is stored in.</summary>
public enum QuantType
{
    /// <summary>Not quantized: the checkpoint's own data type.</summary>
    None,

    /// <summary>4-bit NormalFloat (QLoRA, arXiv 2305.14314): 16 quantiles of a normal distribution.</summary>
    NF4,

    /// <summary>4-bit float E2M1 in bitsandbytes' table.</summary>
    FP4,

    /// <summary>Symmetric 4-bit integers: 15 levels, -7/7 to 7/7.</summary>
    INT4,
}

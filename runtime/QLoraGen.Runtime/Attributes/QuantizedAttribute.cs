namespace QLoraGen;

/// <summary>
/// Freezes the weights of every <see cref="Linear"/> of the model in 4 bits, except those marked
/// <see cref="FullPrecisionAttribute"/>. The options are bitsandbytes' (<c>bnb_4bit_*</c>), the defaults QLoRA's.
/// </summary>
/// <param name="type">The 4-bit data type.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class QuantizedAttribute(QuantType type) : Attribute
{
    /// <summary>The 4-bit data type.</summary>
    public QuantType Type { get; } = type;

    /// <summary>Values that share one absmax: a power of two from 32 to 4096.</summary>
    public int BlockSize { get; init; } = 64;

    /// <summary>Whether the absmax values are quantized to 8 bits in turn (QLoRA, section 3).</summary>
    public bool DoubleQuant { get; init; } = true;
}

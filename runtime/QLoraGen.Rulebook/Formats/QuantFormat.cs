using QLoraGen.Rules;

namespace QLoraGen;

/// <summary>How a frozen weight is quantized, in bitsandbytes' terms.</summary>
/// <param name="Type">The 4-bit data type.</param>
/// <param name="BlockSize">Values that share one absmax: a power of two from 32 to 4096.</param>
/// <param name="DoubleQuant">Whether the absmax are themselves quantized to 8 bits (QLoRA, arXiv 2305.14314, section 3).</param>
public readonly record struct QuantFormat(QuantType Type, int BlockSize = 64, bool DoubleQuant = true)
{
    /// <summary>The absmax that share one nested absmax.</summary>
    public const int NestedBlockSize = 256;

    /// <summary>The fused kernels take rows of whole blocks, and at least so many values at a time.</summary>
    public const int FusedRun = 64;

    /// <summary>What the width of a weight is a multiple of where the fused kernels can take it.</summary>
    public int FusedUnit => Math.Max(BlockSize, FusedRun);

    /// <summary>The smallest block size.</summary>
    public const int MinBlockSize = 32;

    /// <summary>The largest block size.</summary>
    public const int MaxBlockSize = 4096;

    /// <summary>Gives the format back where it can be quantized to.</summary>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it and the fix.</exception>
    public QuantFormat Validate() => this switch
    {
        { Type: not (QuantType.NF4 or QuantType.FP4 or QuantType.INT4) } =>
            throw new ArgumentException($"Type is {Type}, which has no 4-bit codes: use NF4, FP4 or INT4.", nameof(Type)),
        _ when BlockSizeIsNotPossible.Check(BlockSize) is { } fault => throw new ArgumentException(fault.ToString(), nameof(BlockSize)),
        _ => this,
    };
}

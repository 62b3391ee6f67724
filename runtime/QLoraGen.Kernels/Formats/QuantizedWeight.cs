namespace QLoraGen.Kernels;

/// <summary>
/// A view of one quantized weight [rows, cols] in the region. It owns nothing: the region, and the file's own map where
/// there is one, must outlive it. The blocks run over the flattened weight, so a block may cross rows.
/// </summary>
public readonly unsafe struct QuantizedWeight
{
    /// <summary>Views the weight that <paramref name="slot"/> places in the region.</summary>
    /// <param name="region">The first byte of the region that the slot's offsets count from.</param>
    /// <param name="slot">Made by <see cref="QuantSlot.At"/> for rows * cols values in this format.</param>
    /// <param name="format">How the weight is quantized.</param>
    /// <param name="rows">N, the features that go out.</param>
    /// <param name="cols">K, the features that come in.</param>
    /// <param name="nestedMap">
    /// The checkpoint's own 256-entry <c>nested_quant_map</c>, or null for <see cref="DynamicMap"/>. bitsandbytes' builds
    /// disagree in its last bits, so the file's map recovers the file's absmax.
    /// </param>
    /// <exception cref="ArgumentException">The format is not valid, or the slot is not for that many values.</exception>
    public QuantizedWeight(byte* region, in QuantSlot slot, QuantFormat format, int rows, int cols, float* nestedMap = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cols);
        QuantSlot expected = QuantSlot.At(0, (long)rows * cols, format);
        if (slot.CodesLength != expected.CodesLength || slot.AbsmaxLength != expected.AbsmaxLength
            || slot.NestedAbsmaxLength != expected.NestedAbsmaxLength)
        {
            throw new ArgumentException(
                $"The slot holds {slot.CodesLength} bytes of codes and {slot.AbsmaxLength} of absmax, but [{rows}, {cols}] in {format} " +
                $"needs {expected.CodesLength} and {expected.AbsmaxLength}: make the slot with QuantSlot.At.", nameof(slot));
        }
        Format = format;
        Rows = rows;
        Cols = cols;
        Codes = region + slot.Codes;
        if (format.DoubleQuant)
        {
            AbsmaxCodes = region + slot.Absmax;
            NestedAbsmax = (float*)(region + slot.NestedAbsmax);
            NestedOffset = (float*)(region + slot.NestedOffset);
            NestedMap = nestedMap is null ? DynamicMap.Pointer : nestedMap;
        }
        else
        {
            Absmax = (float*)(region + slot.Absmax);
        }
    }

    /// <summary>How the weight is quantized.</summary>
    public QuantFormat Format { get; }

    /// <summary>N, the features that go out.</summary>
    public int Rows { get; }

    /// <summary>K, the features that come in.</summary>
    public int Cols { get; }

    /// <summary>The values: rows * cols.</summary>
    public long Count => (long)Rows * Cols;

    /// <summary>The blocks, the last of which may be partial.</summary>
    public long Blocks => (Count + Format.BlockSize - 1) / Format.BlockSize;

    /// <summary>The packed codes, two a byte, the first of each pair in the high nibble.</summary>
    public byte* Codes { get; }

    /// <summary>One fp32 absmax a block; null with double quantization.</summary>
    public float* Absmax { get; }

    /// <summary>One 8-bit absmax a block; null without double quantization.</summary>
    public byte* AbsmaxCodes { get; }

    /// <summary>One fp32 for 256 absmax; null without double quantization.</summary>
    public float* NestedAbsmax { get; }

    /// <summary>One fp32, the mean absmax; null without double quantization.</summary>
    public float* NestedOffset { get; }

    /// <summary>The 256 values that <see cref="AbsmaxCodes"/> stand for; null without double quantization.</summary>
    public float* NestedMap { get; }

    /// <summary>The absmax of a block: read, or recovered as <c>map[code] * nested_absmax + offset</c>, rounded to fp32 twice.</summary>
    /// <param name="block">From 0 to <see cref="Blocks"/> - 1; not checked.</param>
    public float AbsmaxOf(long block)
    {
        if (AbsmaxCodes is null)
        {
            return Absmax[block];
        }
        // Never a fused multiply-add: bitsandbytes rounds the product first.
        float scaled = NestedMap[AbsmaxCodes[block]] * NestedAbsmax[block / QuantFormat.NestedBlockSize];
        return scaled + *NestedOffset;
    }
}

namespace QLoraGen;

/// <summary>
/// Where the quant state of one weight lies in the region of the frozen model: byte offsets and exact byte lengths, each
/// part at a multiple of <see cref="Alignment"/>, in the order of the properties.
/// </summary>
/// <param name="Codes">Offset of the packed codes: u8, two values a byte, the first in the high nibble.</param>
/// <param name="CodesLength">Their bytes: (count + 1) / 2.</param>
/// <param name="Absmax">Offset of the absmax, one a block: u8 with double quantization, else fp32.</param>
/// <param name="AbsmaxLength">Their bytes.</param>
/// <param name="NestedAbsmax">Offset of the nested absmax, one fp32 for 256 absmax.</param>
/// <param name="NestedAbsmaxLength">Their bytes; 0 without double quantization.</param>
/// <param name="NestedOffset">Offset of the mean absmax, one fp32.</param>
/// <param name="NestedOffsetLength">4, or 0 without double quantization.</param>
/// <param name="End">The first aligned offset behind the slot: where the next one starts.</param>
public readonly record struct QuantSlot(
    long Codes, long CodesLength, long Absmax, long AbsmaxLength,
    long NestedAbsmax, long NestedAbsmaxLength, long NestedOffset, long NestedOffsetLength, long End)
{
    /// <summary>Bytes: a cache line, and one AVX-512 register.</summary>
    public const int Alignment = 64;

    /// <summary>Bytes that the slot takes of the region, padding included: those of all slots are the region's.</summary>
    public long Length => End - Codes;

    /// <summary>Lays out a weight of <paramref name="count"/> values from <paramref name="start"/> bytes on.</summary>
    /// <exception cref="ArgumentException">The format is not one that can be quantized to.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The start or the count is negative.</exception>
    /// <exception cref="OverflowException">The slot would end beyond 2^63 bytes.</exception>
    public static QuantSlot At(long start, long count, QuantFormat format)
    {
        if (start < 0 || count < 0)
        {
            throw new ArgumentOutOfRangeException(start < 0 ? nameof(start) : nameof(count), "An offset and a count are at least 0.");
        }
        format.Validate();

        checked
        {
            long blocks = Divide(count, format.BlockSize);
            long codesLength = Divide(count, 2);
            long absmaxLength = format.DoubleQuant ? blocks : blocks * sizeof(float);
            long nestedLength = format.DoubleQuant ? Divide(blocks, QuantFormat.NestedBlockSize) * sizeof(float) : 0;
            long offsetLength = format.DoubleQuant ? sizeof(float) : 0;

            long codes = Align(start);
            long absmax = Align(codes + codesLength);
            long nested = Align(absmax + absmaxLength);
            long offset = Align(nested + nestedLength);
            return new(codes, codesLength, absmax, absmaxLength, nested, nestedLength, offset, offsetLength, Align(offset + offsetLength));
        }
    }

    /// <summary>Lays out a tensor in full precision: codes alone, which are its values.</summary>
    /// <param name="start">Offset of its first byte, a multiple of <see cref="Alignment"/>.</param>
    /// <param name="count">Its values.</param>
    /// <param name="dtype">Their type.</param>
    /// <exception cref="OverflowException">The slot would end beyond 2^63 bytes.</exception>
    public static QuantSlot Dense(long start, long count, TensorDType dtype)
    {
        long bytes = checked(count * dtype.SizeInBytes());
        long end = Align(checked(start + bytes));
        return new(start, bytes, end, 0, end, 0, end, 0, end);
    }

    private static long Divide(long count, long size) => count / size + (count % size == 0 ? 0 : 1);

    private static long Align(long offset) => checked(offset + (Alignment - 1)) & -Alignment;
}

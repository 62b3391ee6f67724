namespace QLoraGen.Kernels;

/// <summary>The reference: one value at a time, from an even or odd position.</summary>
internal readonly unsafe struct ScalarDecoder : IBlockDecoder
{
    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, float* to)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = codebook[CodeAt(codes, at + i)] * absmax;
        }
    }

    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, ushort* to)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = BFloat16(codebook[CodeAt(codes, at + i)] * absmax);
        }
    }

    /// <summary>The first of each pair sits in the high nibble.</summary>
    public static int CodeAt(byte* codes, long at) => (codes[at >> 1] >> ((at & 1) == 0 ? 4 : 0)) & 15;

    /// <summary>The nearest bfloat16, ties to even; any NaN becomes 0x7FC0, as in torch.</summary>
    public static ushort BFloat16(float value)
    {
        if (float.IsNaN(value))
        {
            return 0x7FC0;
        }
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}

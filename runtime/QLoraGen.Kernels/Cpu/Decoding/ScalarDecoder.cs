namespace QLoraGen.Kernels;

/// <summary>The reference: one value at a time.</summary>
internal static unsafe class ScalarDecoder
{
    /// <summary>Decodes values <paramref name="start"/>, start + 1, ... of the flattened weight.</summary>
    public static void Run(in QuantizedWeight w, long start, float* to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = ValueAt(w, start + i);
        }
    }

    /// <summary>The same, then rounded to bfloat16.</summary>
    public static void Run(in QuantizedWeight w, long start, ushort* to, int count)
    {
        for (int i = 0; i < count; i++)
        {
            to[i] = BFloat16(ValueAt(w, start + i));
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

    private static float ValueAt(in QuantizedWeight w, long at) =>
        Codebook.Pointer(w.Format.Type)[CodeAt(w.Codes, at)] * w.AbsmaxOf(at / w.Format.BlockSize);
}

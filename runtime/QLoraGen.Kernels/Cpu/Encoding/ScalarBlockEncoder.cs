namespace QLoraGen.Kernels;

/// <summary>Encodes one block, one value at a time: the reference, and the version for a partial last block.</summary>
internal static unsafe class ScalarBlockEncoder
{
    /// <summary>Writes (count + 1) / 2 bytes of codes and gives the block's absmax.</summary>
    public static float Encode(float* from, int count, bool partial, QuantType type, byte* codes)
    {
        float absmax = 0;
        for (int i = 0; i < count; i++)
        {
            absmax = MathF.Max(absmax, MathF.Abs(from[i])); // gives NaN where either is
        }
        float divisor = absmax < Quantizer.SmallestAbsmax ? Quantizer.SmallestAbsmax : absmax;
        float reciprocal = 1f / divisor;
        for (int i = 0; i < count; i += 2)
        {
            int high = Code(partial ? from[i] / divisor : from[i] * reciprocal, type);
            int low = i + 1 == count ? Codebook.Zero(type)
                : Code(partial ? from[i + 1] / divisor : from[i + 1] * reciprocal, type);
            codes[i / 2] = (byte)((high << 4) | low);
        }
        return partial ? divisor : absmax;
    }

    /// <summary>The code of a scaled value; the thresholds lie within (-1, 1), so a rounding beyond 1 changes nothing.</summary>
    public static int Code(float v, QuantType type) => type switch
    {
        QuantType.NF4 => NF4(v),
        QuantType.FP4 => FP4(v),
        _ => INT4(v),
    };

    private static int NF4(float v)
    {
        int code = 0;
        foreach (float midpoint in EncoderTables.NF4Midpoints)
        {
            code += v <= midpoint ? 0 : 1; // a tie goes to the lower code, NaN to 15
        }
        return code;
    }

    private static int FP4(float v)
    {
        int rank = 0;
        foreach (float midpoint in EncoderTables.FP4Midpoints)
        {
            rank += MathF.Abs(v) > midpoint ? 1 : 0; // a tie goes to the smaller magnitude, NaN to 0
        }
        return EncoderTables.FP4Codes[rank + (v < 0 ? 8 : 0)];
    }

    private static int INT4(float v) => (int)MathF.Round(Math.Clamp(v, -1f, 1f) * 7f) + 7;
}

namespace QLoraGen.Kernels;

/// <summary>The 16 values that the codes of a 4-bit data type stand for, before the block's absmax scales them.</summary>
public static unsafe class Codebook
{
    // The tables live for as long as the process; first, since the initializers below add to it.
    private static readonly List<float[]> held = [];

    private static readonly float* nf4 = Tables(
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f,
        -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f,
        0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ]);

    // E2M1 scaled by 12, with bitsandbytes' own subnormal (0.0625); bit 3 is the sign, so code 8 is a negative zero.
    private static readonly float* fp4 = Tables(
    [
        0f, 0.0625f / 12f, 8f / 12f, 1f, 4f / 12f, 6f / 12f, 2f / 12f, 3f / 12f,
        -0f, -0.0625f / 12f, -8f / 12f, -1f, -4f / 12f, -6f / 12f, -2f / 12f, -3f / 12f,
    ]);

    // Code q + 7 for q from -7 to 7. Code 15 is never written; reading it gives the 16th step rather than a hole.
    private static readonly float* int4 = Tables(
    [
        -7f / 7f, -6f / 7f, -5f / 7f, -4f / 7f, -3f / 7f, -2f / 7f, -1f / 7f, 0f,
        1f / 7f, 2f / 7f, 3f / 7f, 4f / 7f, 5f / 7f, 6f / 7f, 7f / 7f, 8f / 7f,
    ]);

    /// <summary>
    /// The 16 fp32 values by code: NF4 (QLoRA, arXiv 2305.14314, appendix E), FP4 (bitsandbytes' table), or INT4 (q / 7).
    /// </summary>
    /// <exception cref="ArgumentException">The type has no codes.</exception>
    public static ReadOnlySpan<float> Values(QuantType type) => new(Pointer(type), 16);

    /// <summary>The code whose value is zero: what the half-used last byte of an odd count holds in its low nibble.</summary>
    internal static int Zero(QuantType type) => type == QuantType.FP4 ? 0 : 7;

    /// <summary>The 16 values, 64-byte aligned, and behind them the 256 pairs of <see cref="Pairs"/>.</summary>
    internal static float* Pointer(QuantType type) => type switch
    {
        QuantType.NF4 => nf4,
        QuantType.FP4 => fp4,
        QuantType.INT4 => int4,
        _ => throw new ArgumentException($"Type is {type}, which has no 4-bit codes: use NF4, FP4 or INT4.", nameof(type)),
    };

    /// <summary>The two values of each of the 256 bytes, for machines without a 16-entry lookup.</summary>
    internal static float* Pairs(float* codebook) => codebook + 16;

    private static float* Tables(ReadOnlySpan<float> values)
    {
        float[] pinned = GC.AllocateArray<float>(16 + 512 + AlignedPointer.Slack, pinned: true);
        held.Add(pinned);
        float* table = AlignedPointer.Of(pinned);
        values.CopyTo(new Span<float>(table, 16));
        for (int pair = 0; pair < 256; pair++)
        {
            Pairs(table)[2 * pair] = values[pair >> 4];
            Pairs(table)[2 * pair + 1] = values[pair & 15];
        }
        return table;
    }
}

namespace QLoraGen.Kernels;

/// <summary>
/// bitsandbytes' unsigned 8-bit dynamic map, for values that are never below zero such as second moments: the sign's bit of
/// <see cref="DynamicMap"/> becomes one more bit of the fraction (Dettmers, arXiv 2110.02861, section 2.2).
/// </summary>
public static unsafe class UnsignedDynamicMap
{
    private const int Decades = 7;

    private static readonly float[] pinned = Pin();

    /// <summary>The 256 fp32 entries, ascending; the first is 0 and the last 1.</summary>
    public static ReadOnlySpan<float> Values => new(Pointer, DynamicMap.Length);

    /// <summary>The same entries where the collector never moves them.</summary>
    internal static float* Pointer => AlignedPointer.Of(pinned);

    // Decade d has 2^(d + 1) entries: the middles of as many equal parts of [0.1, 1], times 10^(d - 6).
    private static float[] Pin()
    {
        float[] array = GC.AllocateArray<float>(DynamicMap.Length + AlignedPointer.Slack, pinned: true);
        float* map = AlignedPointer.Of(array);
        int next = 0;
        map[next++] = 0;
        for (int decade = 0; decade < Decades; decade++)
        {
            int parts = 2 << decade;
            for (int part = 0; part < parts; part++)
            {
                double middle = 0.1 + (0.9 * (part + 0.5) / parts);
                map[next++] = (float)(Math.Pow(10, decade + 1 - Decades) * middle);
            }
        }
        map[next] = 1;
        return array;
    }
}

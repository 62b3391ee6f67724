namespace QLoraGen.Kernels;

/// <summary>The recovered absmax along a run of a weight, one for every 32 values, so that inner loops only load them.</summary>
internal static unsafe class AbsmaxRun
{
    /// <summary>Values that share an entry: the smallest block.</summary>
    public const int Step = QuantFormat.MinBlockSize;

    /// <summary>Writes <paramref name="count"/> entries from the value <paramref name="start"/> on, a multiple of 32.</summary>
    public static void Fill(in QuantizedWeight w, long start, int count, float* to)
    {
        int shift = int.Log2(w.Format.BlockSize / Step);
        long first = start / Step;
        if (w.AbsmaxCodes is null)
        {
            for (int i = 0; i < count; i++)
            {
                to[i] = w.Absmax[(first + i) >> shift];
            }
            return;
        }
        byte* codes = w.AbsmaxCodes;
        float* map = w.NestedMap, nested = w.NestedAbsmax;
        float offset = *w.NestedOffset;
        for (int i = 0; i < count;)
        {
            long block = (first + i) >> shift;
            float scaled = map[codes[block]] * nested[block >> 8]; // rounded, as is the sum: see QuantizedWeight.AbsmaxOf
            float absmax = scaled + offset;
            int end = (int)Math.Min(count, ((block + 1) << shift) - first);
            for (; i < end; i++)
            {
                to[i] = absmax;
            }
        }
    }
}

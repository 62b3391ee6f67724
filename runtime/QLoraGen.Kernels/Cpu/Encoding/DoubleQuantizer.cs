namespace QLoraGen.Kernels;

/// <summary>
/// Double quantization (QLoRA, arXiv 2305.14314, section 3): the absmax less their mean, quantized blockwise to the nearest
/// entry of the 8-bit dynamic map.
/// </summary>
internal static unsafe class DoubleQuantizer
{
    /// <summary>
    /// The mean, summed in index order in float64 and rounded once. bitsandbytes' own builds disagree in its last bit, as
    /// they sum fp32 in different orders.
    /// </summary>
    public static float Mean(ReadOnlySpan<float> absmax)
    {
        double sum = 0;
        foreach (float value in absmax)
        {
            sum += value;
        }
        return (float)(sum / absmax.Length);
    }

    /// <summary>Writes the 8-bit codes and the nested absmax, given the offset that the destination holds.</summary>
    public static void Quantize(ReadOnlySpan<float> absmax, in QuantizedWeight destination)
    {
        float offset = *destination.NestedOffset;
        var map = new ReadOnlySpan<float>(destination.NestedMap, DynamicMap.Length);
        for (int start = 0, block = 0; start < absmax.Length; start += QuantFormat.NestedBlockSize, block++)
        {
            ReadOnlySpan<float> values = absmax[start..Math.Min(start + QuantFormat.NestedBlockSize, absmax.Length)];
            float largest = 0;
            foreach (float value in values)
            {
                largest = MathF.Max(largest, MathF.Abs(value - offset));
            }
            destination.NestedAbsmax[block] = largest;
            float reciprocal = 1f / (largest < Quantizer.SmallestAbsmax ? Quantizer.SmallestAbsmax : largest);
            for (int i = 0; i < values.Length; i++)
            {
                destination.AbsmaxCodes[start + i] = Nearest(map, (values[i] - offset) * reciprocal);
            }
        }
    }

    /// <summary>The index of the nearest entry of an ascending map; a tie goes to the lower one, NaN to the first.</summary>
    internal static byte Nearest(ReadOnlySpan<float> map, float value)
    {
        int low = 0;
        for (int step = 128; step > 0; step >>= 1)
        {
            low += map[low + step] <= value ? step : 0;
        }
        // Exact: fp32 differences fit float64 wherever they decide.
        bool upper = low < 255 && (double)map[low + 1] - value < (double)value - map[low];
        return (byte)(upper ? low + 1 : low);
    }
}

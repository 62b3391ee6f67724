namespace QLoraGen.Kernels;

/// <summary>
/// Double quantization (QLoRA, arXiv 2305.14314, section 3): the absmax less their mean, quantized blockwise to the nearest
/// entry of the 8-bit dynamic map.
/// </summary>
internal static unsafe class DoubleQuantizer
{
    // Nested blocks in a chunk: enough searches to be worth a handover between threads.
    private const int ChunkBlocks = 16;

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
    /// <param name="absmax">One a block of the destination.</param>
    /// <param name="destination">Double-quantized.</param>
    public static void Quantize(float* absmax, in QuantizedWeight destination)
    {
        int blocks = checked((int)((destination.Blocks + QuantFormat.NestedBlockSize - 1) / QuantFormat.NestedBlockSize));
        KernelThreads.For((blocks + ChunkBlocks - 1) / ChunkBlocks, new Body(absmax, destination, blocks), spread: blocks > ChunkBlocks);
    }

    /// <summary>The index of the nearest entry of an ascending map; a tie goes to the lower one, NaN to the first.</summary>
    internal static byte Nearest(float* map, float value)
    {
        int low = 0;
        for (int step = 128; step > 0; step >>= 1)
        {
            low += Convert.ToInt32(map[low + step] <= value) * step; // a branch would be guessed wrong half the time
        }
        // Exact: fp32 differences fit float64 wherever they decide.
        bool upper = low < 255 && (double)map[low + 1] - value < (double)value - map[low];
        return (byte)(upper ? low + 1 : low);
    }

    private readonly struct Body(float* absmax, QuantizedWeight destination, int blocks) : IChunkBody
    {
        public void Run(int chunk)
        {
            for (int block = chunk * ChunkBlocks; block < Math.Min(blocks, (chunk + 1) * ChunkBlocks); block++)
            {
                long start = (long)block * QuantFormat.NestedBlockSize;
                Quantize(block, start, (int)Math.Min(QuantFormat.NestedBlockSize, destination.Blocks - start));
            }
        }

        private void Quantize(int block, long start, int count)
        {
            float offset = *destination.NestedOffset, largest = 0;
            for (int i = 0; i < count; i++)
            {
                largest = MathF.Max(largest, MathF.Abs(absmax[start + i] - offset));
            }
            destination.NestedAbsmax[block] = largest;
            float reciprocal = 1f / (largest < Quantizer.SmallestAbsmax ? Quantizer.SmallestAbsmax : largest);
            for (int i = 0; i < count; i++)
            {
                destination.AbsmaxCodes[start + i] = Nearest(destination.NestedMap, (absmax[start + i] - offset) * reciprocal);
            }
        }
    }
}

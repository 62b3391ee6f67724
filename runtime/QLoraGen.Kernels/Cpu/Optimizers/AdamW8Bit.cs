namespace QLoraGen.Kernels;

/// <summary>
/// AdamW with both moments in 8 bits, blockwise as bitsandbytes keeps them (arXiv 2110.02861): 256 values share an absmax; a code is
/// the nearest entry of the signed dynamic map for the first moment, of the unsigned one for the second. The step itself uses the
/// moments before they are rounded. There is no percentile clipping.
/// </summary>
public static unsafe class AdamW8Bit
{
    /// <summary>Values that share an absmax.</summary>
    public const int BlockSize = 256;

    private const int ChunkBlocks = 32;

    /// <summary>Blocks of so many values.</summary>
    public static long Blocks(long count) => (count + BlockSize - 1) / BlockSize;

    /// <summary>The code of zero in the first moment's map; in the second's it is 0. What states start with.</summary>
    public static byte FirstZero => (byte)DynamicMap.Values.IndexOf(0f);

    /// <summary>Does one step.</summary>
    /// <param name="values">[count], changed in place.</param>
    /// <param name="gradients">[count].</param>
    /// <param name="first">Codes and absmax of the first moments.</param>
    /// <param name="second">Those of the second moments.</param>
    /// <param name="count">How many values; blocks begin at the first of them.</param>
    /// <param name="step">Rates and decays.</param>
    public static void Update(float* values, float* gradients, BlockwiseMoments first, BlockwiseMoments second, long count, in AdamWStep step)
    {
        int chunks = checked((int)((Blocks(count) + ChunkBlocks - 1) / ChunkBlocks));
        KernelThreads.For(chunks, new Body(values, gradients, first, second, count, step), spread: chunks > 1);
    }

    private readonly struct Body(
        float* values, float* gradients, BlockwiseMoments first, BlockwiseMoments second, long count, AdamWStep step) : IChunkBody
    {
        private readonly float scale = (float)step.GradientScale;
        private readonly float decay = (float)(1 - (step.LearningRate * step.WeightDecay));
        private readonly float keep1 = (float)step.Beta1, add1 = (float)(1 - step.Beta1);
        private readonly float keep2 = (float)step.Beta2, add2 = (float)(1 - step.Beta2);
        private readonly float correction = (float)step.SecondCorrection, eps = (float)step.Eps, size = (float)step.StepSize;

        public void Run(int chunk)
        {
            long blocks = Blocks(count);
            for (long block = (long)chunk * ChunkBlocks; block < Math.Min(blocks, ((long)chunk + 1) * ChunkBlocks); block++)
            {
                long start = block * BlockSize;
                RunBlock(block, start, (int)Math.Min(BlockSize, count - start));
            }
        }

        private void RunBlock(long block, long start, int length)
        {
            float* m = stackalloc float[BlockSize], v = stackalloc float[BlockSize];
            float* p = values + start, g = gradients + start;
            byte* mCodes = first.Codes + start, vCodes = second.Codes + start;
            float mAbsmax = first.Absmax[block], vAbsmax = second.Absmax[block];
            float mLargest = 0, vLargest = 0;
            for (int i = 0; i < length; i++)
            {
                float gradient = g[i] * scale;
                m[i] = (DynamicMap.Pointer[mCodes[i]] * mAbsmax * keep1) + (gradient * add1);
                v[i] = (UnsignedDynamicMap.Pointer[vCodes[i]] * vAbsmax * keep2) + (gradient * gradient * add2);
                mLargest = MathF.Max(mLargest, MathF.Abs(m[i]));
                vLargest = MathF.Max(vLargest, v[i]);
                p[i] = (p[i] * decay) - (m[i] / ((MathF.Sqrt(v[i]) / correction) + eps) * size);
            }
            (first.Absmax[block], second.Absmax[block]) = (mLargest, vLargest);
            for (int i = 0; i < length; i++)
            {
                mCodes[i] = Signed(mLargest > 0 ? m[i] / mLargest : 0);
                vCodes[i] = DoubleQuantizer.Nearest(UnsignedDynamicMap.Pointer, vLargest > 0 ? v[i] / vLargest : 0);
            }
        }

        // Rounding never turns a moment round: where the nearest entry has another sign, the next one on the moment's side is taken.
        private static byte Signed(float value)
        {
            byte code = DoubleQuantizer.Nearest(DynamicMap.Pointer, value);
            float rounded = DynamicMap.Pointer[code];
            return float.IsNegative(rounded) == float.IsNegative(value) ? code : (byte)(value > 0 ? code + 1 : code - 1);
        }
    }
}

/// <summary>Moments in 8 bits: a code each, and an absmax for each block of <see cref="AdamW8Bit.BlockSize"/>.</summary>
/// <param name="codes">Entries of a dynamic map, one a value.</param>
/// <param name="absmax">What the entries of a block are multiplied with, one a block.</param>
public readonly unsafe struct BlockwiseMoments(byte* codes, float* absmax)
{
    /// <summary>Entries of a dynamic map, one a value.</summary>
    public byte* Codes => codes;

    /// <summary>What the entries of a block are multiplied with, one a block.</summary>
    public float* Absmax => absmax;
}

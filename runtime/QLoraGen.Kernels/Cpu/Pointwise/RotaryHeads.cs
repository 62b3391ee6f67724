using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>Rotation of queries or keys by their positions in half-split pairs (RoFormer, arXiv 2104.09864), in one pass.</summary>
public static unsafe class RotaryHeads
{
    /// <summary>Rotates, or rotates back.</summary>
    /// <param name="x">Heads; those of a token need not lie behind one another.</param>
    /// <param name="from">How x lies.</param>
    /// <param name="y">[batch, tokens, heads, headDim], contiguous.</param>
    /// <param name="cos">[tokens, width].</param>
    /// <param name="sin">[tokens, width].</param>
    /// <param name="width">Values of a head that turn, an even number; the rest is copied.</param>
    /// <param name="back">Whether by the opposite angles, as a gradient goes.</param>
    public static void Rotate(float* x, in HeadLayout from, float* y, float* cos, float* sin, int width, bool back)
    {
        int chunks = checked((int)(from.Batch * from.Tokens));
        KernelThreads.For(chunks, new Body(x, from, y, cos, sin, width, back), spread: chunks * from.Heads * from.HeadDim > 1 << 15);
    }

    private readonly struct Body(float* x, HeadLayout from, float* y, float* cos, float* sin, int width, bool back) : IChunkBody
    {
        private readonly float sign = back ? -1 : 1;

        public void Run(int chunk)
        {
            long token = chunk % from.Tokens;
            float* source = x + (chunk / from.Tokens * from.BatchStride) + (token * from.TokenStride);
            float* target = y + (chunk * from.Heads * from.HeadDim);
            for (long head = 0; head < from.Heads; head++, source += from.HeadStride, target += from.HeadDim)
            {
                Turn(source, target, cos + (token * width), sin + (token * width));
                new ReadOnlySpan<float>(source + width, (int)from.HeadDim - width).CopyTo(new Span<float>(target + width, (int)from.HeadDim - width));
            }
        }

        private void Turn(float* source, float* target, float* c, float* s)
        {
            int half = width / 2, i = 0;
            for (; i + Vector256<float>.Count <= half; i += Vector256<float>.Count)
            {
                Vector256<float> a = Vector256.Load(source + i), b = Vector256.Load(source + half + i);
                Vector256<float> turn = Vector256.Load(s + i) * sign, keep = Vector256.Load(c + i);
                ((a * keep) - (b * turn)).Store(target + i);
                ((b * keep) + (a * turn)).Store(target + half + i);
            }
            for (; i < half; i++)
            {
                (float a, float b, float turn) = (source[i], source[half + i], s[i] * sign);
                (target[i], target[half + i]) = ((a * c[i]) - (b * turn), (b * c[i]) + (a * turn));
            }
        }
    }
}

/// <summary>How [batch, heads, tokens, headDim] lies in memory, in values; those of a head are contiguous.</summary>
/// <param name="Batch">Rows.</param>
/// <param name="Heads">Heads of a token.</param>
/// <param name="Tokens">Tokens of a row.</param>
/// <param name="HeadDim">Values of a head.</param>
/// <param name="BatchStride">From row to row.</param>
/// <param name="HeadStride">From head to head.</param>
/// <param name="TokenStride">From token to token.</param>
public readonly record struct HeadLayout(long Batch, long Heads, long Tokens, long HeadDim, long BatchStride, long HeadStride, long TokenStride);

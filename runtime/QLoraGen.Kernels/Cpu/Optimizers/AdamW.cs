using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>
/// AdamW with fp32 moments in one pass: each value, its gradient and its two moments are read once and written once. The order of
/// operations is libtorch's, without fused multiply-adds, so every machine and number of threads gives the same bits.
/// </summary>
public static unsafe class AdamW
{
    private const int ChunkValues = 1 << 15;   // half a megabyte in four streams: worth a handover to another thread

    /// <summary>Does one step.</summary>
    /// <param name="values">[count], changed in place.</param>
    /// <param name="gradients">[count].</param>
    /// <param name="first">First moments [count], changed in place; zero before the first step.</param>
    /// <param name="second">Second moments, likewise.</param>
    /// <param name="count">How many values.</param>
    /// <param name="step">Rates and decays.</param>
    public static void Update(float* values, float* gradients, float* first, float* second, long count, in AdamWStep step)
    {
        int chunks = checked((int)((count + ChunkValues - 1) / ChunkValues));
        KernelThreads.For(chunks, new Body(values, gradients, first, second, count, step), spread: chunks > 1);
    }

    private readonly struct Body(float* values, float* gradients, float* first, float* second, long count, AdamWStep step) : IChunkBody
    {
        private readonly float scale = (float)step.GradientScale;
        private readonly float decay = (float)(1 - (step.LearningRate * step.WeightDecay));
        private readonly float toward = (float)(1 - step.Beta1);
        private readonly float keep2 = (float)step.Beta2, add2 = (float)(1 - step.Beta2);
        private readonly float correction = (float)step.SecondCorrection, eps = (float)step.Eps, size = (float)step.StepSize;

        public void Run(int chunk)
        {
            long i = (long)chunk * ChunkValues, end = Math.Min(count, i + ChunkValues);
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
            {
                Vector256<float> g = Vector256.Load(gradients + i) * scale;
                Vector256<float> m = Vector256.Load(first + i);
                m += (g - m) * toward;
                Vector256<float> v = (Vector256.Load(second + i) * keep2) + (g * g * add2);
                m.Store(first + i);
                v.Store(second + i);
                Vector256<float> root = (Vector256.Sqrt(v) / correction) + Vector256.Create(eps);
                ((Vector256.Load(values + i) * decay) - (m / root * size)).Store(values + i);
            }
            for (; i < end; i++)
            {
                float g = gradients[i] * scale;
                first[i] += (g - first[i]) * toward;
                second[i] = (second[i] * keep2) + (g * g * add2);
                float root = (MathF.Sqrt(second[i]) / correction) + eps;
                values[i] = (values[i] * decay) - (first[i] / root * size);
            }
        }
    }
}

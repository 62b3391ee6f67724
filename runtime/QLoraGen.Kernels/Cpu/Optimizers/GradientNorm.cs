using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>The sum of squares that a gradient's norm is the root of.</summary>
public static unsafe class GradientNorm
{
    private const int ChunkValues = 1 << 16;

    /// <summary>
    /// Sums squares in float64, so that no gradient in fp32 overflows; the order of summation depends on neither the machine nor the
    /// number of threads. Infinity or NaN where a gradient is one.
    /// </summary>
    /// <param name="gradients">[count].</param>
    /// <param name="count">How many.</param>
    public static double SumOfSquares(float* gradients, long count)
    {
        int chunks = checked((int)((count + ChunkValues - 1) / ChunkValues));
        double[] sums = new double[chunks];
        KernelThreads.For(chunks, new Body(gradients, count, sums), spread: chunks > 1);
        return sums.Sum();
    }

    private readonly struct Body(float* gradients, long count, double[] sums) : IChunkBody
    {
        public void Run(int chunk)
        {
            long i = (long)chunk * ChunkValues, end = Math.Min(count, i + ChunkValues);
            Vector256<double> even = default, odd = default;
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
            {
                (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load(gradients + i));
                even += low * low;
                odd += high * high;
            }
            double sum = Vector256.Sum(even + odd);
            for (; i < end; i++)
            {
                sum += (double)gradients[i] * gradients[i];
            }
            sums[chunk] = sum;
        }
    }
}

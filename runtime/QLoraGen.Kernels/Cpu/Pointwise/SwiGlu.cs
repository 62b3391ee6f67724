using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>The gate of a feed-forward part, y = silu(gate) up (arXiv 2002.05202), with silu(x) = x / (1 + exp(-x)), in one pass.</summary>
public static unsafe class SwiGlu
{
    private const int ChunkValues = 1 << 14;

    /// <summary>Multiplies.</summary>
    /// <param name="gate">[count].</param>
    /// <param name="up">[count].</param>
    /// <param name="y">[count].</param>
    /// <param name="count">How many values.</param>
    public static void Forward(float* gate, float* up, float* y, long count) => Run(count, new ForwardBody(gate, up, y, count));

    /// <summary>Both gradients.</summary>
    /// <param name="gy">Gradient of y, [count].</param>
    /// <param name="gate">[count].</param>
    /// <param name="up">[count].</param>
    /// <param name="gradientOfGate">[count].</param>
    /// <param name="gradientOfUp">[count].</param>
    /// <param name="count">How many values.</param>
    public static void Backward(float* gy, float* gate, float* up, float* gradientOfGate, float* gradientOfUp, long count) =>
        Run(count, new BackwardBody(gy, gate, up, gradientOfGate, gradientOfUp, count));

    private static void Run<TBody>(long count, TBody body) where TBody : struct, IChunkBody
    {
        int chunks = checked((int)((count + ChunkValues - 1) / ChunkValues));
        KernelThreads.For(chunks, body, spread: chunks > 1);
    }

    private static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-x));

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    private readonly struct ForwardBody(float* gate, float* up, float* y, long count) : IChunkBody
    {
        public void Run(int chunk)
        {
            long i = (long)chunk * ChunkValues, end = Math.Min(count, i + ChunkValues);
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
            {
                Vector256<float> g = Vector256.Load(gate + i);
                (g * Sigmoid(g) * Vector256.Load(up + i)).Store(y + i);
            }
            for (; i < end; i++)
            {
                y[i] = gate[i] * Sigmoid(gate[i]) * up[i];
            }
        }
    }

    // silu'(x) = s + x s (1 - s), with s the sigmoid of x.
    private readonly struct BackwardBody(float* gy, float* gate, float* up, float* gradientOfGate, float* gradientOfUp, long count) : IChunkBody
    {
        public void Run(int chunk)
        {
            long i = (long)chunk * ChunkValues, end = Math.Min(count, i + ChunkValues);
            for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
            {
                Vector256<float> x = Vector256.Load(gate + i), s = Sigmoid(x), g = Vector256.Load(gy + i), silu = x * s;
                (g * Vector256.Load(up + i) * (s + (silu * (Vector256<float>.One - s)))).Store(gradientOfGate + i);
                (g * silu).Store(gradientOfUp + i);
            }
            for (; i < end; i++)
            {
                float s = Sigmoid(gate[i]), silu = gate[i] * s;
                gradientOfGate[i] = gy[i] * up[i] * (s + (silu * (1 - s)));
                gradientOfUp[i] = gy[i] * silu;
            }
        }
    }
}

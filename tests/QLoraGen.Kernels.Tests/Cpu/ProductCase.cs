namespace QLoraGen.Kernels.Tests.Cpu;

/// <summary>Both products of one weight and an adapter's term, against float64 over the dequantized weight.</summary>
internal sealed unsafe record ProductCase(
    QuantFormat Format, int N, int K, int M, int Rank, float Scale, float[] X, float[] Gy, float[] H, float[] Gh, float[] A, float[] B)
{
    /// <summary>Random values in these shapes.</summary>
    public static ProductCase Random(Random random, QuantFormat format, int n, int k, int m, int rank) => new(
        format, n, k, m, rank, random.NextSingle() * 4, Some(m * k), Some(m * n), Some(m * rank), Some(m * rank), Some(rank * k), Some(n * rank))
    {
        Seed = random.Next(),
    };

    private int Seed { get; init; }

    /// <summary>Computes both on the level and compares.</summary>
    public void Check(SimdLevel level)
    {
        using TestWeight weight = TestWeight.Random(Format, N, K, Seed);
        float[] w = weight.Dequantized(), y = new float[M * N + 1], gx = new float[M * K + 1];
        y[^1] = gx[^1] = 42;
        fixed (float* x = X, gy = Gy, h = H, gh = Gh, a = A, b = B, toY = y, toX = gx)
        {
            FrozenMatmul.Multiply(weight.View, x, M, toY, new LowRank(h, b, Rank, Scale), level);
            FrozenMatmul.MultiplyTransposed(weight.View, gy, M, toX, new LowRank(gh, a, Rank, Scale), level);
        }
        Assert.Equal((42, 42), (y[^1], gx[^1]));
        for (int i = 0; i < M; i++)
        {
            for (int n = 0; n < N; n++)
            {
                var sum = new ExactSum();
                sum.Add(K, c => (double)X[i * K + c] * w[n * K + c]);
                sum.Add(Rank, j => (double)Scale * H[i * Rank + j] * B[n * Rank + j]);
                Assert.True(sum.Is(y[i * N + n]), $"{level} {Format} y[{i}, {n}] of m {M}, n {N}, k {K}, r {Rank}: {y[i * N + n]}, not {sum.Value}");
            }
            for (int c = 0; c < K; c++)
            {
                var sum = new ExactSum();
                sum.Add(N, n => (double)Gy[i * N + n] * w[n * K + c]);
                sum.Add(Rank, j => (double)Scale * Gh[i * Rank + j] * A[j * K + c]);
                Assert.True(sum.Is(gx[i * K + c]), $"{level} {Format} gx[{i}, {c}] of m {M}, n {N}, k {K}, r {Rank}: {gx[i * K + c]}, not {sum.Value}");
            }
        }
    }

    private static float[] Some(int count) => Values.Normal(count, seed: count);

    // fp32 sums err in proportion to the magnitudes added, not to the sum that is left.
    private struct ExactSum
    {
        private double magnitude;

        public double Value { get; private set; }

        public void Add(int count, Func<int, double> product)
        {
            for (int i = 0; i < count; i++)
            {
                double value = product(i);
                Value += value;
                magnitude += Math.Abs(value);
            }
        }

        public readonly bool Is(float actual) => Math.Abs(actual - Value) <= 2e-6 * magnitude;
    }
}

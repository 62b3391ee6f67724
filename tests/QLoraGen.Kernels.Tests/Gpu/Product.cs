namespace QLoraGen.Kernels.Tests.Gpu;

/// <summary>A product to be made on a device and by the reference: random bf16 activations, a quantized weight, perhaps an adapter.</summary>
internal sealed class Product : IDisposable
{
    private readonly int m, rank, inner, outer;
    private readonly bool transposed;

    public Product(QuantFormat format, int m, int n, int k, int rank, bool transposed)
    {
        (this.m, this.rank, this.transposed) = (m, rank, transposed);
        (inner, outer) = transposed ? (n, k) : (k, n);
        Weight = TestWeight.Random(format, n, k, seed: m + n + k);
        X = Random((long)m * inner, 2, 1);
        H = Random((long)m * rank, 3, 0.3f);
        B = Random((long)rank * outer, 4, 0.05f);
    }

    public TestWeight Weight { get; }

    public ushort[] X { get; }

    public ushort[] H { get; }

    /// <summary>[n, rank] or, transposed, [rank, k].</summary>
    public ushort[] B { get; }

    public int Length => m * outer;

    /// <summary>
    /// Compares y with float64 sums over the dequantized weight. Allowed are the rounding of y to bf16, half a step of 2^-8,
    /// and those of fp32 sums.
    /// </summary>
    /// <param name="y">What the kernel made.</param>
    /// <param name="rounded">Whether W is taken as bf16, as all but the matrix-vector kernels take it.</param>
    /// <returns>The largest error, relative to the magnitudes added.</returns>
    public double Check(ReadOnlySpan<ushort> y, bool rounded)
    {
        Assert.Equal(Length, y.Length);
        float[] w = Weight.Dequantized();
        if (rounded)
        {
            w = [.. w.Select(value => Float(ScalarDecoder.BFloat16(value)))];
        }
        double worst = 0;
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < outer; column++)
            {
                double sum = 0, magnitude = 0;
                for (int i = 0; i < inner; i++)
                {
                    double product = (double)Float(X[row * inner + i]) * w[transposed ? i * outer + column : column * inner + i];
                    (sum, magnitude) = (sum + product, magnitude + Math.Abs(product));
                }
                for (int r = 0; r < rank; r++)
                {
                    double product = (double)Float(H[row * rank + r]) * Float(B[transposed ? r * outer + column : column * rank + r]);
                    (sum, magnitude) = (sum + product, magnitude + Math.Abs(product));
                }
                double error = Math.Abs(Float(y[row * outer + column]) - sum);
                double allowed = Math.Abs(sum) / 511 + 4e-6 * magnitude;
                Assert.True(error <= allowed, $"y[{row}, {column}] is {Float(y[row * outer + column])}, not {sum}: off by {error}, allowed {allowed}");
                worst = Math.Max(worst, error / magnitude);
            }
        }
        return worst;
    }

    public void Dispose() => Weight.Dispose();

    public static float Float(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static ushort[] Random(long count, int seed, float scale) => [.. Values.Normal(count, seed, scale).Select(ScalarDecoder.BFloat16)];
}

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
    /// Compares y with float64 sums over the dequantized weight: each must be the bf16 of something within the roundings of
    /// fp32 sums, 2^-18 of the magnitudes added.
    /// </summary>
    /// <param name="y">What the kernel made.</param>
    /// <param name="rounded">Whether W is taken as bf16, as all but the matrix-vector kernels take it.</param>
    /// <returns>The largest error, relative to the magnitudes added, and how many are not the bf16 of the float64 sum.</returns>
    public (double Worst, int Off) Check(ReadOnlySpan<ushort> y, bool rounded)
    {
        Assert.Equal(Length, y.Length);
        float[] w = Weight.Dequantized();
        if (rounded)
        {
            w = [.. w.Select(value => Float(ScalarDecoder.BFloat16(value)))];
        }
        double worst = 0;
        int off = 0;
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
                double slack = magnitude / (1 << 18);
                float got = Float(y[row * outer + column]);
                Assert.InRange(got, Nearest(sum - slack), Nearest(sum + slack));
                off += got == Nearest(sum) ? 0 : 1;
                worst = Math.Max(worst, Math.Abs(got - sum) / magnitude);
            }
        }
        return (worst, off);
    }

    public void Dispose() => Weight.Dispose();

    public static float Float(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static float Nearest(double value) => Float(ScalarDecoder.BFloat16((float)value));

    private static ushort[] Random(long count, int seed, float scale) => [.. Values.Normal(count, seed, scale).Select(ScalarDecoder.BFloat16)];
}

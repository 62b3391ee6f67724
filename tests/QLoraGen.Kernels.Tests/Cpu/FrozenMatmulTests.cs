namespace QLoraGen.Kernels.Tests.Cpu;

/// <summary>The fused products against float64 over the dequantized weight.</summary>
public sealed unsafe class FrozenMatmulTests
{
    private static readonly QuantFormat nf4 = new(QuantType.NF4);

    public static TheoryData<string, int, int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<string, int, int, int, int>();
            foreach (string level in SimdLevels.Names)
            {
                foreach ((int n, int k, int block) in ((int, int, int)[])
                    [(1, 1, 64), (3, 172, 64), (64, 172, 64), (5, 7, 32), (9, 64, 64), (6, 96, 32), (7, 128, 128), (33, 192, 64),
                     (130, 640, 64), (17, 4096, 4096), (2, 2048, 4096), (258, 1088, 64)])
                {
                    foreach (int m in (int[])[1, 2, 4, 7, 8, 9, 13, 17, 33, 50])
                    {
                        shapes.Add(level, n, k, block, m);
                    }
                }
            }
            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_is_x_times_W_transposed(string level, int n, int k, int block, int m)
    {
        using TestWeight weight = TestWeight.Random(new(QuantType.NF4, block), n, k);
        float[] x = Values.Normal(m * k, seed: 2), w = weight.Dequantized();
        float[] y = Multiply(weight, x, m, SimdLevels.Get(level));
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                int row = i * k, column = j * k;
                AssertSum(Enumerable.Range(0, k).Select(c => (double)x[row + c] * w[column + c]), y[i * n + j]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MultiplyTransposed_is_gy_times_W(string level, int n, int k, int block, int m)
    {
        using TestWeight weight = TestWeight.Random(new(QuantType.NF4, block), n, k);
        float[] gy = Values.Normal(m * n, seed: 3), w = weight.Dequantized();
        float[] gx = MultiplyTransposed(weight, gy, m, SimdLevels.Get(level));
        for (int i = 0; i < m; i++)
        {
            for (int c = 0; c < k; c++)
            {
                int row = i * n, column = c;
                AssertSum(Enumerable.Range(0, n).Select(j => (double)gy[row + j] * w[j * k + column]), gx[i * k + c]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SimdLevels.All), MemberType = typeof(SimdLevels))]
    public void Random_shapes_types_and_terms_are_the_float64_products(string level)
    {
        var random = new Random(7);
        for (int i = 0; i < 60; i++)
        {
            var format = new QuantFormat((QuantType)random.Next(1, 4), 32 << random.Next(0, 8), random.Next(2) == 0);
            int unit = random.Next(3) switch { 0 => 1, 1 => 32, _ => 128 };
            ProductCase.Random(random, format, random.Next(1, 200), unit * random.Next(1, 1 + 800 / unit), random.Next(1, 70), random.Next(0, 20))
                .Check(SimdLevels.Get(level));
        }
    }

    [Theory]
    [MemberData(nameof(SimdLevels.All), MemberType = typeof(SimdLevels))]
    public void More_rows_than_one_pass_takes_are_multiplied_in_several(string level) =>
        ProductCase.Random(new Random(8), nf4, 40, 320, 530, 4).Check(SimdLevels.Get(level));

    [Fact]
    public void A_call_allocates_nothing_once_its_buffers_are_there()
    {
        using TestWeight weight = TestWeight.Random(nf4, 1024, 512);
        float[] x = new float[20 * 1024], y = new float[20 * 1024];
        fixed (float* from = x, to = y)
        {
            foreach (int m in (int[])[1, 4, 20])
            {
                // What is handed to the pool is kept for the next call, unless a thread of the pool, which other tests keep busy, still holds it.
                long least = long.MaxValue;
                for (int call = 0; call < 300 && least > 0; call++)
                {
                    Thread.Sleep(call / 10);
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    Run(weight.View, from, m, to);
                    least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
                }
                Assert.Equal(0, least);
            }
        }

        static void Run(QuantizedWeight w, float* x, int m, float* y)
        {
            FrozenMatmul.Multiply(w, x, m, y);
            FrozenMatmul.MultiplyTransposed(w, x, m, y);
        }
    }

    [Theory]
    [InlineData(QuantType.FP4, true)]
    [InlineData(QuantType.INT4, true)]
    [InlineData(QuantType.NF4, false)]
    public void Every_type_multiplies_with_and_without_double_quantization(QuantType type, bool doubleQuant)
    {
        using TestWeight weight = TestWeight.Random(new(type, DoubleQuant: doubleQuant), 40, 256);
        float[] x = Values.Normal(256, seed: 2), w = weight.Dequantized();
        float[] y = Multiply(weight, x, 1, Simd.Best);
        for (int j = 0; j < 40; j++)
        {
            int column = j * 256;
            AssertSum(Enumerable.Range(0, 256).Select(c => (double)x[c] * w[column + c]), y[j]);
        }
    }

    [Theory]
    [MemberData(nameof(SimdLevels.All), MemberType = typeof(SimdLevels))]
    public void Results_do_not_depend_on_the_number_of_threads(string level)
    {
        foreach (int k in (int[])[1024, 1000])
        {
            using TestWeight weight = TestWeight.Random(nf4, 515, k);
            float[] x = Values.Normal(3 * k, seed: 2), gy = Values.Normal(3 * 515, seed: 3);
            float[] y = Multiply(weight, x, 3, SimdLevels.Get(level)), gx = MultiplyTransposed(weight, gy, 3, SimdLevels.Get(level));
            int before = KernelThreads.Count;
            try
            {
                foreach (int threads in (int[])[1, 2, 3, 7])
                {
                    KernelThreads.Count = threads;
                    Assert.Equal(0, Values.Mismatches<float>(y, Multiply(weight, x, 3, SimdLevels.Get(level))));
                    Assert.Equal(0, Values.Mismatches<float>(gx, MultiplyTransposed(weight, gy, 3, SimdLevels.Get(level))));
                }
            }
            finally
            {
                KernelThreads.Count = before;
            }
        }
    }

    [Fact]
    public void Several_threads_may_multiply_at_once()
    {
        using TestWeight weight = TestWeight.Random(nf4, 600, 1024);
        float[] x = Values.Normal(1024, seed: 2), gy = Values.Normal(600, seed: 3);
        float[] y = Multiply(weight, x, 1, Simd.Best), gx = MultiplyTransposed(weight, gy, 1, Simd.Best);
        int mismatches = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                Interlocked.Add(ref mismatches, Values.Mismatches<float>(y, Multiply(weight, x, 1, Simd.Best)));
                Interlocked.Add(ref mismatches, Values.Mismatches<float>(gx, MultiplyTransposed(weight, gy, 1, Simd.Best)));
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, mismatches);
    }

    [Fact]
    public void No_rows_write_nothing_and_a_negative_number_is_refused()
    {
        using TestWeight weight = TestWeight.Random(nf4, 4, 64);
        float guard = 42;
        FrozenMatmul.Multiply(weight.View, &guard, 0, &guard);
        FrozenMatmul.MultiplyTransposed(weight.View, &guard, 0, &guard);
        Assert.Equal(42, guard);
        QuantizedWeight view = weight.View;
        Assert.Throws<ArgumentOutOfRangeException>(() => FrozenMatmul.Multiply(view, null, -1, null));
    }

    private static float[] Multiply(TestWeight weight, float[] x, int m, SimdLevel level)
    {
        float[] y = new float[m * weight.View.Rows + 1];
        y[^1] = 42;
        fixed (float* from = x, to = y)
        {
            FrozenMatmul.Multiply(weight.View, from, m, to, default, level);
        }
        Assert.Equal(42, y[^1]);
        return y[..^1];
    }

    private static float[] MultiplyTransposed(TestWeight weight, float[] gy, int m, SimdLevel level)
    {
        float[] gx = new float[m * weight.View.Cols + 1];
        gx[^1] = 42;
        fixed (float* from = gy, to = gx)
        {
            FrozenMatmul.MultiplyTransposed(weight.View, from, m, to, default, level);
        }
        Assert.Equal(42, gx[^1]);
        return gx[..^1];
    }

    // fp32 sums err in proportion to the magnitudes added, not to the sum that is left.
    private static void AssertSum(IEnumerable<double> products, float actual)
    {
        double sum = 0, magnitude = 0;
        foreach (double product in products)
        {
            sum += product;
            magnitude += Math.Abs(product);
        }
        Assert.InRange(actual, sum - 2e-6 * magnitude, sum + 2e-6 * magnitude);
    }
}

namespace QLoraGen.Kernels.Tests.Cpu.Optimizers;

/// <summary>The step against its own formula in float64.</summary>
public sealed unsafe class AdamWTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(100_003)]   // several chunks, and no whole vector at the end
    public void Three_steps_are_the_formulas(int count)
    {
        float[] values = Values.Normal(count, 1), first = new float[count], second = new float[count];
        double[] p = [.. values.Select(static v => (double)v)], m = new double[count], v = new double[count];
        for (int n = 1; n <= 3; n++)
        {
            float[] gradients = Values.Normal(count, 10 + n, 1e-3f);
            Step(values, gradients, first, second, new AdamWStep(n, 1e-2) { WeightDecay = 0.1, GradientScale = 0.5 });
            for (int i = 0; i < count; i++)
            {
                double g = gradients[i] * 0.5;
                p[i] *= 1 - (1e-2 * 0.1);
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                p[i] -= 1e-2 * (m[i] / (1 - Math.Pow(0.9, n))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, n))) + 1e-8);
            }
        }
        Assert.InRange(p.Zip(values, static (e, a) => Math.Abs(e - a) / Math.Max(0.01, Math.Abs(e))).Max(), 0, 2e-5);
    }

    [Fact]
    public void The_bits_do_not_depend_on_threads()
    {
        float[] one = Run(1), four = Run(4);
        Assert.Equal(0, Values.Mismatches<float>(one, four));

        static float[] Run(int threads)
        {
            int before = KernelThreads.Count;
            KernelThreads.Count = threads;
            try
            {
                float[] values = Values.Normal(200_000, 1), first = new float[200_000], second = new float[200_000];
                Step(values, Values.Normal(200_000, 2), first, second, new AdamWStep(1, 1e-3));
                return values;
            }
            finally
            {
                KernelThreads.Count = before;
            }
        }
    }

    [Fact]
    public void A_sum_of_squares_neither_overflows_nor_hides_what_is_not_finite()
    {
        float[] gradients = new float[200_001];
        Array.Fill(gradients, 1e30f);
        fixed (float* g = gradients)
        {
            Assert.Equal(2.00001e65, GradientNorm.SumOfSquares(g, gradients.Length), 1e59);
            gradients[^1] = float.NaN;
            Assert.True(double.IsNaN(GradientNorm.SumOfSquares(g, gradients.Length)));
            gradients[^1] = 0;
            gradients[77] = float.NegativeInfinity;
            Assert.True(double.IsPositiveInfinity(GradientNorm.SumOfSquares(g, gradients.Length)));
        }
    }

    private static void Step(float[] values, float[] gradients, float[] first, float[] second, AdamWStep step)
    {
        fixed (float* p = values, g = gradients, m = first, v = second)
        {
            AdamW.Update(p, g, m, v, values.Length, step);
        }
    }
}

namespace QLoraGen.Kernels.Tests.Cpu.Optimizers;

/// <summary>8-bit moments against their definition, by search through the whole map and in float64.</summary>
public sealed unsafe class AdamW8BitTests
{
    private const int Count = 1000;   // three whole blocks and a part of one

    private readonly float[] values = Values.Normal(Count, 1);
    private readonly byte[] first = [.. Enumerable.Repeat(AdamW8Bit.FirstZero, Count)], second = new byte[Count];
    private readonly float[] firstAbsmax = new float[4], secondAbsmax = new float[4];

    [Fact]
    public void A_step_uses_the_moments_as_they_are_before_rounding_and_keeps_the_nearest_codes()
    {
        Step(1, Values.Normal(Count, 2));
        (double[] m, double[] v) = (Decoded(first, firstAbsmax, DynamicMap.Values), Decoded(second, secondAbsmax, UnsignedDynamicMap.Values));
        double[] expected = [.. values.Select(static p => (double)p)];
        float[] gradients = Values.Normal(Count, 3);
        Step(2, gradients);
        for (int i = 0; i < Count; i++)
        {
            m[i] = (0.9 * m[i]) + (0.1 * gradients[i]);
            v[i] = (0.999 * v[i]) + (0.001 * gradients[i] * gradients[i]);
            expected[i] -= 1e-2 * (m[i] / (1 - 0.81)) / (Math.Sqrt(v[i] / (1 - (0.999 * 0.999))) + 1e-8);
        }
        Assert.InRange(expected.Zip(values, static (e, a) => Math.Abs(e - a)).Max(), 0, 1e-5);
        for (int block = 0; block < 4; block++)
        {
            Range range = (block * 256)..Math.Min(Count, (block + 1) * 256);
            Assert.Equal(m[range].Max(Math.Abs), firstAbsmax[block], 1e-6);
            Assert.Equal(v[range].Max(), secondAbsmax[block], 1e-6);
        }
        int[] differing = [.. Enumerable.Range(0, Count).Where(i =>
            first[i] != NearestOfOneSign(m[i] / firstAbsmax[i / 256]) || second[i] != Nearest(UnsignedDynamicMap.Values, v[i] / secondAbsmax[i / 256]))];
        Assert.InRange(differing.Length, 0, 3);   // a value between two entries may round either way in fp32
    }

    [Fact]
    public void A_moment_too_small_for_the_map_keeps_its_sign()
    {
        float[] gradients = new float[Count];
        (gradients[0], gradients[1], gradients[2]) = (1, -1e-8f, 1e-8f);
        Step(1, gradients);
        Assert.True(DynamicMap.Values[first[1]] < 0);
        Assert.Equal(0f, DynamicMap.Values[first[2]]);
        Assert.Equal(AdamW8Bit.FirstZero, first[3]);
    }

    [Fact]
    public void Without_a_gradient_nothing_moves()
    {
        float[] before = [.. values];
        Step(1, new float[Count]);
        Assert.Equal(before, values);
        Assert.All(first, static code => Assert.Equal(AdamW8Bit.FirstZero, code));
        Assert.All(second, static code => Assert.Equal(0, code));
    }

    private void Step(int number, float[] gradients)
    {
        fixed (float* p = values, g = gradients, ma = firstAbsmax, va = secondAbsmax)
        {
            fixed (byte* m = first, v = second)
            {
                AdamW8Bit.Update(p, g, new(m, ma), new(v, va), Count, new AdamWStep(number, 1e-2));
            }
        }
    }

    private static double[] Decoded(byte[] codes, float[] absmax, ReadOnlySpan<float> map)
    {
        double[] decoded = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            decoded[i] = (double)map[codes[i]] * absmax[i / 256];
        }
        return decoded;
    }

    private static int NearestOfOneSign(double value)
    {
        int nearest = Nearest(DynamicMap.Values, value);
        return value < 0 && DynamicMap.Values[nearest] == 0 ? nearest - 1 : nearest;
    }

    private static int Nearest(ReadOnlySpan<float> map, double value)
    {
        int best = 0;
        for (int i = 1; i < map.Length; i++)
        {
            best = Math.Abs(map[i] - value) < Math.Abs(map[best] - value) ? i : best;
        }
        return best;
    }
}

namespace QLoraGen.Kernels.Tests.Cpu;

/// <summary>Every level gives the scalar reference's bits, wherever a run starts and ends.</summary>
public sealed unsafe class DequantizerTests
{
    public static TheoryData<string, QuantType, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, QuantType, int>();
            foreach (string level in SimdLevels.Names)
            {
                foreach (QuantType type in (QuantType[])[QuantType.NF4, QuantType.FP4, QuantType.INT4])
                {
                    for (int block = QuantFormat.MinBlockSize; block <= QuantFormat.MaxBlockSize; block *= 2)
                    {
                        cases.Add(level, type, block);
                    }
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_run_of_any_block_size_equals_the_reference_bit_for_bit(string level, QuantType type, int block)
    {
        using TestWeight weight = TestWeight.Random(new(type, block), 61, 172);
        int count = (int)weight.View.Count;
        foreach ((int start, int length) in ((int, int)[])
            [(0, count), (1, count - 1), (0, 0), (count, 0), (count - 1, 1), (63, 2), (64, 64), (65, 130), (172, 172),
             (block - 1, 70), (17, 4001)])
        {
            float[] floats = new float[length], expectedFloats = new float[length];
            ushort[] halves = new ushort[length], expectedHalves = new ushort[length];
            Dequantizer.Dequantize(weight.View, start, floats, SimdLevels.Get(level));
            Dequantizer.Dequantize(weight.View, start, halves, SimdLevels.Get(level));
            for (int i = 0; i < length; i++)
            {
                int code = weight.Codes[(start + i) / 2] >> ((start + i) % 2 == 0 ? 4 : 0) & 15;
                expectedFloats[i] = Codebook.Values(type)[code] * weight.View.AbsmaxOf((start + i) / block);
                expectedHalves[i] = ScalarDecoder.BFloat16(expectedFloats[i]);
            }
            Assert.Equal(0, Values.Mismatches<float>(expectedFloats, floats));
            Assert.Equal(0, Values.Mismatches<ushort>(expectedHalves, halves));
        }
    }

    [Theory]
    [InlineData(0x3F808000u, 0x3F80)] // a tie goes to the even neighbour below
    [InlineData(0x3F818000u, 0x3F82)] // and to the one above
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest float rounds to infinity
    [InlineData(0xFF800001u, 0x7FC0)] // any NaN
    [InlineData(0x80000000u, 0x8000)]
    public void Bf16_rounds_to_nearest_even(uint bits, int expected) =>
        Assert.Equal(expected, ScalarDecoder.BFloat16(BitConverter.UInt32BitsToSingle(bits)));

    [Theory]
    [MemberData(nameof(SimdLevels.All), MemberType = typeof(SimdLevels))]
    public void Bf16_of_ties_infinities_and_NaN_is_the_same_on_every_level(string level)
    {
        uint[] absmax = [0x3F808000, 0x3F818000, 0x7F7FFFFF, 0x7F800000, 0x7FC00001, 0x00000001, 0x3F80C000, 0x00018000];
        using var weight = new TestWeight(new(QuantType.NF4, 32, DoubleQuant: false), 8, 32);
        weight.Codes.Fill(0xF0);
        absmax.Select(BitConverter.UInt32BitsToSingle).ToArray().CopyTo(weight.AbsmaxValues);
        ushort[] actual = new ushort[256], expected = new ushort[256];
        Dequantizer.Dequantize(weight.View, 0, actual, SimdLevels.Get(level));
        Dequantizer.Dequantize(weight.View, 0, expected, SimdLevel.Scalar);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void A_run_beyond_the_weight_is_refused()
    {
        using TestWeight weight = TestWeight.Random(new(QuantType.NF4), 2, 64);
        QuantizedWeight view = weight.View;
        Assert.Throws<ArgumentOutOfRangeException>(() => Dequantizer.Dequantize(view, 1, new float[128]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dequantizer.Dequantize(view, -1, new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dequantizer.Dequantize(view, long.MaxValue, new ushort[2]));
    }

    [Fact]
    public void A_large_weight_is_the_same_with_any_number_of_threads()
    {
        using TestWeight weight = TestWeight.Random(new(QuantType.NF4), 700, 1000);
        float[] once = weight.Dequantized();
        int before = KernelThreads.Count;
        try
        {
            KernelThreads.Count = 5;
            Assert.Equal(0, Values.Mismatches<float>(once, weight.Dequantized()));
            KernelThreads.Count = 1;
            Assert.Equal(0, Values.Mismatches<float>(once, weight.Dequantized()));
        }
        finally
        {
            KernelThreads.Count = before;
        }
    }
}

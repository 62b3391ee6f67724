namespace QLoraGen.Kernels.Tests.Cpu;

/// <summary>bitsandbytes' rules at the edges, and every level against the scalar reference.</summary>
public sealed unsafe class QuantizerTests
{
    private static readonly QuantFormat single = new(QuantType.NF4, DoubleQuant: false);

    [Fact]
    public void A_zero_block_has_absmax_zero_and_the_code_of_zero()
    {
        using TestWeight weight = Quantize(single, new float[128]);
        Assert.All(weight.AbsmaxValues.ToArray(), absmax => Assert.Equal(0f, absmax));
        Assert.All(weight.Codes.ToArray(), pair => Assert.Equal(0x77, pair));
    }

    [Fact]
    public void A_block_with_a_NaN_is_NaN_throughout()
    {
        float[] values = Values.Normal(128, seed: 1);
        values[70] = float.NaN;
        using TestWeight weight = Quantize(single, values);
        Assert.False(float.IsNaN(weight.AbsmaxValues[0]));
        Assert.True(float.IsNaN(weight.AbsmaxValues[1]));
        Assert.All(weight.Codes[32..].ToArray(), pair => Assert.Equal(0xFF, pair));
    }

    [Fact]
    public void A_tie_goes_to_the_lower_code()
    {
        float[] values = new float[64];
        values[0] = 1;
        for (int i = 0; i < 15; i++)
        {
            values[1 + 2 * i] = EncoderTables.NF4Midpoints[i];
            values[2 + 2 * i] = MathF.BitIncrement(EncoderTables.NF4Midpoints[i]);
        }
        using TestWeight weight = Quantize(single, values);
        for (int i = 0; i < 15; i++)
        {
            Assert.Equal(i, ScalarDecoder.CodeAt(weight.View.Codes, 1 + 2 * i));
            Assert.Equal(i + 1, ScalarDecoder.CodeAt(weight.View.Codes, 2 + 2 * i));
        }
    }

    [Fact]
    public void The_first_of_each_pair_sits_in_the_high_nibble()
    {
        using TestWeight weight = Quantize(single, [1, -1]);
        Assert.Equal([0xF0], weight.Codes.ToArray());
    }

    [Theory]
    [InlineData(QuantType.NF4, 0xF7)]
    [InlineData(QuantType.FP4, 0x30)]
    [InlineData(QuantType.INT4, 0xE7)]
    public void An_odd_count_ends_in_the_code_of_zero(QuantType type, int expected)
    {
        using TestWeight weight = Quantize(new(type, DoubleQuant: false), [0.5f]);
        Assert.Equal([(byte)expected], weight.Codes.ToArray());
    }

    [Fact]
    public void A_partial_zero_block_stores_the_smallest_absmax()
    {
        using TestWeight weight = Quantize(single, new float[66]);
        Assert.Equal([0f, 1e-38f], weight.AbsmaxValues.ToArray());
    }

    [Theory]
    [InlineData(12f, 3)]
    [InlineData(8f, 2)]
    [InlineData(6f, 5)]
    [InlineData(4f, 4)]
    [InlineData(3f, 7)]
    [InlineData(2f, 6)]
    [InlineData(0.0625f, 1)]
    [InlineData(0f, 0)]
    [InlineData(-12f, 11)]
    [InlineData(-0.0625f, 9)]
    [InlineData(-0.01f, 8)]
    public void FP4_codes_are_bitsandbytes(float value, int code)
    {
        using TestWeight weight = Quantize(new(QuantType.FP4, DoubleQuant: false), [12f, value]);
        Assert.Equal(code, weight.Codes[0] & 15);
    }

    [Fact]
    public void INT4_rounds_to_the_nearest_seventh()
    {
        using TestWeight weight = Quantize(new(QuantType.INT4, DoubleQuant: false), [7f, -7f, 1.4f, 1.6f, -1.6f, 0f]);
        Assert.Equal([0xE0, 0x89, 0x57], weight.Codes.ToArray());
    }

    public static TheoryData<QuantType, int, int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<QuantType, int, int, int>();
            foreach (QuantType type in (QuantType[])[QuantType.NF4, QuantType.FP4, QuantType.INT4])
            {
                for (int block = QuantFormat.MinBlockSize; block <= QuantFormat.MaxBlockSize; block *= 2)
                {
                    shapes.Add(type, block, 64, 172);
                    shapes.Add(type, block, 77, 1025);
                }
                shapes.Add(type, 64, 400, 512);
            }
            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_level_writes_the_reference_bits_and_not_one_beyond_its_slot(QuantType type, int block, int rows, int cols)
    {
        float[] values = Values.Normal((long)rows * cols, seed: block);
        Array.Clear(values, block, block);
        values[5] = float.NaN;
        values[3 * block % values.Length] = float.PositiveInfinity;
        values[2 * block + 1] = 1e-39f;
        using var expected = new TestWeight(new(type, block, DoubleQuant: false), rows, cols);
        using var actual = new TestWeight(new(type, block, DoubleQuant: false), rows, cols);
        Quantizer.Quantize(values, expected.View, SimdLevel.Scalar);
        Quantizer.Quantize(values, actual.View, Simd.Best);

        Assert.Equal(0, Values.Mismatches<byte>(expected.Codes, actual.Codes));
        // Compared as numbers: which NaN an absmax is has no meaning.
        Assert.Equal(expected.AbsmaxValues.ToArray(), actual.AbsmaxValues.ToArray());
        int codesEnd = (int)actual.Slot.CodesLength, absmaxEnd = (int)(actual.Slot.Absmax + actual.Slot.AbsmaxLength);
        Assert.All(actual.Region[codesEnd..(int)actual.Slot.Absmax].ToArray(), b => Assert.Equal(TestWeight.Sentinel, b));
        Assert.All(actual.Region[absmaxEnd..].ToArray(), b => Assert.Equal(TestWeight.Sentinel, b));
    }

    [Theory]
    [InlineData(QuantType.NF4, 0.16)]
    [InlineData(QuantType.FP4, 0.27)]
    [InlineData(QuantType.INT4, 0.20)]
    public void No_value_is_farther_than_half_the_widest_gap(QuantType type, double gap)
    {
        float[] values = Values.Normal(64 * 300, seed: 4);
        using TestWeight weight = Quantize(new(type, DoubleQuant: false), values);
        float[] back = weight.Dequantized();
        for (int i = 0; i < values.Length; i++)
        {
            Assert.InRange(Math.Abs(values[i] - back[i]), 0, gap * weight.AbsmaxValues[i / 64]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(64 * 256)]
    [InlineData(64 * 256 + 1)]
    [InlineData(64 * 700 + 13)]
    public void Double_quantization_keeps_each_absmax_within_the_map_s_steps(int count)
    {
        float[] values = Values.Normal(count, seed: 5);
        using TestWeight exact = Quantize(single, values), nested = Quantize(new(QuantType.NF4), values);
        Assert.Equal(exact.Codes.ToArray(), nested.Codes.ToArray());
        for (int i = 0; i < exact.View.Blocks; i++)
        {
            Assert.InRange(Math.Abs(exact.AbsmaxValues[i] - nested.View.AbsmaxOf(i)), 0, 0.0072 * nested.NestedAbsmax[i / 256] + 1e-6);
        }
    }

    [Fact]
    public void The_nearest_entry_of_the_dynamic_map_is_found_for_every_entry_and_midpoint()
    {
        float* map = DynamicMap.Pointer;
        for (int i = 0; i < 256; i++)
        {
            Assert.Equal(i, DoubleQuantizer.Nearest(map, map[i]));
            if (i < 255)
            {
                float middle = (float)(((double)map[i] + map[i + 1]) / 2);
                Assert.Equal(i, DoubleQuantizer.Nearest(map, MathF.BitDecrement(middle)));
                Assert.Equal(i + 1, DoubleQuantizer.Nearest(map, MathF.BitIncrement(middle)));
            }
        }
        Assert.Equal(0, DoubleQuantizer.Nearest(map, -2));
        Assert.Equal(255, DoubleQuantizer.Nearest(map, 2));
    }

    [Fact]
    public void A_weight_of_another_size_is_refused_with_both_sizes()
    {
        using var weight = new TestWeight(single, 2, 64);
        QuantizedWeight view = weight.View;
        string message = Assert.Throws<ArgumentException>(() => Quantizer.Quantize(new float[127], view)).Message;
        Assert.Contains("127", message);
        Assert.Contains("128", message);
    }

    private static TestWeight Quantize(QuantFormat format, float[] values)
    {
        var weight = new TestWeight(format, 1, values.Length);
        Quantizer.Quantize(values, weight.View);
        return weight;
    }
}

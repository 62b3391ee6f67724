namespace QLoraGen.Kernels.Tests.Formats;

/// <summary>The layout of a weight's quant state in the region.</summary>
public sealed unsafe class QuantSlotTests
{
    [Fact]
    public void NF4_with_double_quantization_costs_4_127_bits_a_parameter()
    {
        QuantSlot slot = QuantSlot.At(0, 4096 * 4096, new(QuantType.NF4));
        Assert.Equal(4.127, slot.End * 8.0 / (4096 * 4096), precision: 3);
    }

    [Theory]
    [InlineData(1, 64, true, 1, 1, 4, 4)]
    [InlineData(65, 64, true, 33, 2, 4, 4)]
    [InlineData(64 * 256 + 1, 64, true, 8193, 257, 8, 4)]
    [InlineData(65, 64, false, 33, 8, 0, 0)]
    [InlineData(0, 32, true, 0, 0, 0, 4)]
    public void Lengths_are_exact(long count, int block, bool doubleQuant, long codes, long absmax, long nested, long offset)
    {
        QuantSlot slot = QuantSlot.At(0, count, new(QuantType.NF4, block, doubleQuant));
        Assert.Equal((codes, absmax, nested, offset),
            (slot.CodesLength, slot.AbsmaxLength, slot.NestedAbsmaxLength, slot.NestedOffsetLength));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 172)]
    [InlineData(63, 11008)]
    [InlineData(64, 1000003)]
    public void Parts_are_aligned_in_order_and_do_not_overlap(long start, long count)
    {
        foreach (bool doubleQuant in (bool[])[true, false])
        {
            QuantSlot slot = QuantSlot.At(start, count, new(QuantType.FP4, DoubleQuant: doubleQuant));
            Assert.All((long[])[slot.Codes, slot.Absmax, slot.NestedAbsmax, slot.NestedOffset, slot.End],
                offset => Assert.Equal(0, offset % QuantSlot.Alignment));
            Assert.InRange(slot.Codes, start, start + 63);
            Assert.True(slot.Codes + slot.CodesLength <= slot.Absmax);
            Assert.True(slot.Absmax + slot.AbsmaxLength <= slot.NestedAbsmax);
            Assert.True(slot.NestedAbsmax + slot.NestedAbsmaxLength <= slot.NestedOffset);
            Assert.True(slot.NestedOffset + slot.NestedOffsetLength <= slot.End);
        }
    }

    [Fact]
    public void Sizes_beyond_the_address_space_overflow_loudly()
    {
        Assert.Throws<OverflowException>(() => QuantSlot.At(long.MaxValue - 100, 1000, new(QuantType.NF4)));
        Assert.Throws<OverflowException>(() => QuantSlot.At(long.MaxValue, 0, new(QuantType.NF4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantSlot.At(-1, 1, new(QuantType.NF4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantSlot.At(0, -1, new(QuantType.NF4)));
    }

    [Theory]
    [InlineData(QuantType.None, 64, "Type")]
    [InlineData((QuantType)9, 64, "Type")]
    [InlineData(QuantType.NF4, 0, "BlockSize")]
    [InlineData(QuantType.NF4, 16, "BlockSize")]
    [InlineData(QuantType.NF4, 96, "BlockSize")]
    [InlineData(QuantType.NF4, 8192, "BlockSize")]
    public void A_format_that_cannot_be_names_the_field_and_the_fix(QuantType type, int block, string field)
    {
        var error = Assert.Throws<ArgumentException>(() => new QuantFormat(type, block).Validate());
        Assert.Equal(field, error.ParamName);
        Assert.Contains("use", error.Message);
    }

    [Fact]
    public void A_slot_of_another_size_or_format_is_refused()
    {
        QuantSlot slot = QuantSlot.At(0, 128, new(QuantType.NF4));
        Assert.Throws<ArgumentException>(() => new QuantizedWeight(null, slot, new(QuantType.NF4), 2, 65));
        Assert.Throws<ArgumentException>(() => new QuantizedWeight(null, slot, new(QuantType.NF4, DoubleQuant: false), 2, 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizedWeight(null, slot, new(QuantType.NF4), 0, 64));
    }
}

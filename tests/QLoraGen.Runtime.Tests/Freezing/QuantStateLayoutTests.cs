using QLoraGen.Runtime.Tests.Layers;

namespace QLoraGen.Runtime.Tests.Freezing;

public sealed class QuantStateLayoutTests
{
    // 4 + 8/64 + 32/(64*256): QLoRA, section 3.
    [Theory]
    [InlineData(true, 4.127)]
    [InlineData(false, 4.5)]
    public void A_large_layer_costs_what_the_paper_says(bool doubleQuant, double bits)
    {
        using var model = new OneLinear(4096, 14336);   // planned without memory for it
        QuantStateLayout layout = QuantStateLayout.Of(model, new QuantFormat(QuantType.NF4, DoubleQuant: doubleQuant), static _ => TensorDType.BF16);
        Assert.Equal(bits, layout.Length * 8.0 / (4096L * 14336), 0.0005);
    }

    [Fact]
    public void Every_part_is_aligned_and_none_overlaps()
    {
        using var model = new OneLinear(43, 7, bias: true);
        QuantStateLayout layout = QuantStateLayout.Of(model, new QuantFormat(QuantType.NF4), static _ => TensorDType.BF16);
        long end = 0;
        foreach ((long start, long length) in layout.Entries.SelectMany(static entry => Parts(entry.Slot)))
        {
            Assert.Equal(0, start % 64);
            Assert.True(start >= end);
            end = start + length;
        }
        Assert.InRange(layout.Length, end, end + 63);
        Assert.Equal(["linear.weight", "linear.bias"], layout.Entries.Select(static entry => entry.Name));
        Assert.Equal(14, layout.Entries[1].Slot.CodesLength);   // 7 values in bf16
    }

    [Fact]
    public void Without_a_format_everything_keeps_the_type_of_the_checkpoint()
    {
        using var model = new OneLinear(64, 8);
        QuantStateLayout layout = QuantStateLayout.Of(model, null, static _ => TensorDType.F16);
        Assert.Equal((64 * 8 * 2, null), (layout.Length, layout.Entries[0].Format));
    }

    private static (long Start, long Length)[] Parts(QuantSlot slot) =>
    [
        (slot.Codes, slot.CodesLength), (slot.Absmax, slot.AbsmaxLength),
        (slot.NestedAbsmax, slot.NestedAbsmaxLength), (slot.NestedOffset, slot.NestedOffsetLength),
    ];
}

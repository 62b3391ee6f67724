using System.Runtime.InteropServices;
using QLoraGen.Checkpoints;

namespace QLoraGen.Runtime.Tests.Checkpoints;

public sealed class WideningTests
{
    [Fact]
    public void Every_finite_half_becomes_its_exact_value()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i).Where(i => Half.IsFinite(BitConverter.UInt16BitsToHalf(i)))];
        float[] widened = new float[bits.Length];

        Assert.Equal(-1, Widening.FromF16(MemoryMarshal.AsBytes<ushort>(bits), widened));

        Assert.Equal(bits.Select(b => Bits((float)BitConverter.UInt16BitsToHalf(b))), widened.Select(Bits));
    }

    [Fact]
    public void Every_finite_bfloat16_becomes_its_exact_value()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i).Where(i => (i & 0x7F80) != 0x7F80)];
        float[] widened = new float[bits.Length];

        Assert.Equal(-1, Widening.FromBF16(MemoryMarshal.AsBytes<ushort>(bits), widened));

        Assert.Equal(bits.Select(b => (uint)b << 16), widened.Select(Bits));
    }

    [Fact]
    public void Every_half_and_bfloat16_that_is_not_finite_is_found_in_the_vector_and_in_the_rest()
    {
        float[] widened = new float[21];
        foreach (int at in (int[])[3, 12, 18])
        {
            for (int bits = 0; bits < 65536; bits++)
            {
                ushort[] values = new ushort[21];
                values[at] = (ushort)bits;
                ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<ushort>(values);
                int expectedHalf = Half.IsFinite(BitConverter.UInt16BitsToHalf((ushort)bits)) ? -1 : at;
                int expectedBFloat = (bits & 0x7F80) == 0x7F80 ? at : -1;
                if (Widening.FromF16(bytes, widened) != expectedHalf || Widening.FromBF16(bytes, widened) != expectedBFloat)
                {
                    Assert.Fail($"bits {bits:x4} at {at}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(33)]
    public void Unaligned_sources_of_any_length_are_read_to_their_end_and_no_further(int count)
    {
        byte[] source = new byte[1 + 4 * count];
        new Random(count).NextBytes(source);
        for (int i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(source.AsSpan(1 + 4 * i), 0.1f * i);
        }
        float[] widened = [.. Enumerable.Repeat(-1f, count + 1)];

        Assert.Equal(-1, Widening.FromF32(source.AsSpan(1), widened.AsSpan(0, count)));

        Assert.Equal([.. Enumerable.Range(0, count).Select(i => 0.1f * i), -1f], widened);
    }

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}

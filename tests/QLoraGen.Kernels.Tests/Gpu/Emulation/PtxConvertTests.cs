namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

public sealed class PtxConvertTests
{
    [Theory]
    [InlineData("cvt.rni.s32.f32", 2.5f, 2)]
    [InlineData("cvt.rni.s32.f32", 3.5f, 4)]
    [InlineData("cvt.rzi.s32.f32", -2.7f, -2)]
    [InlineData("cvt.rmi.s32.f32", -2.1f, -3)]
    [InlineData("cvt.rpi.s32.f32", 2.1f, 3)]
    [InlineData("cvt.rzi.s32.f32", 1e20f, int.MaxValue)]
    [InlineData("cvt.rzi.u32.f32", -5f, 0)]
    [InlineData("cvt.rzi.s32.f32", float.NaN, 0)]
    public void FloatsBecomeIntegersRoundedAndClamped(string opcode, float value, int expected) =>
        Assert.Equal(expected, (int)PtxText.Compute($"{opcode} %r0, %r1;", BitConverter.SingleToUInt32Bits(value)));

    [Theory]
    [InlineData("rn", 0x3F808000u, 0x3F80)]
    [InlineData("rn", 0x3F818000u, 0x3F82)]
    [InlineData("rn", 0x3F808001u, 0x3F81)]
    [InlineData("rz", 0x3F80FFFFu, 0x3F80)]
    [InlineData("rn", 0x7F7FFFFFu, 0x7F80)]
    [InlineData("rn", 0x7FC00000u, 0x7FFF)]
    public void F32IsRoundedToBf16(string rounding, uint bits, int expected) =>
        Assert.Equal((uint)expected, PtxText.Compute($"cvt.{rounding}.bf16.f32 %h1, %r1; mov.b32 %r0, {{%h1, 0}};", bits));

    [Theory]
    [InlineData("rn", 65520f, 0x7C00)]
    [InlineData("rz", 65520f, 0x7BFF)]
    [InlineData("rn", 1.00048828125f, 0x3C00)]
    [InlineData("rp", 1.0001f, 0x3C01)]
    [InlineData("rm", -1.0001f, 0xBC01)]
    [InlineData("rn", 5.9604645e-8f, 0x0001)]
    public void F32IsRoundedToF16(string rounding, float value, int expected) =>
        Assert.Equal((uint)expected, PtxText.Compute(
            $"cvt.{rounding}.f16.f32 %h1, %r1; mov.b32 %r0, {{%h1, 0}};", BitConverter.SingleToUInt32Bits(value)));

    [Fact]
    public void APairTakesItsFirstSourceAsTheUpperHalf() =>
        Assert.Equal(0x40003F80u, PtxText.Compute("cvt.rn.bf16x2.f32 %r0, %r2, %r1;", 0x3F800000u, 0x40000000u));

    [Theory]
    [InlineData("cvt.s32.s8", 0x000000FFu, 0xFFFFFFFFu)]
    [InlineData("cvt.u32.u8", 0xFFFFFFFFu, 0x000000FFu)]
    [InlineData("cvt.s8.s32", 0x00000180u, 0xFFFFFF80u)]
    [InlineData("cvt.sat.s8.s32", 0x00000180u, 0x0000007Fu)]
    [InlineData("cvt.sat.u8.s32", 0xFFFFFFFFu, 0x00000000u)]
    public void IntegersAreCutExtendedAndClamped(string opcode, uint value, uint expected) =>
        Assert.Equal(expected, PtxText.Compute($"{opcode} %r0, %r1;", value));

    [Theory]
    [InlineData("cvt.rn.f32.u32", 0xFFFFFFFFu, 4294967296f)]
    [InlineData("cvt.rz.f32.u32", 0xFFFFFFFFu, 4294967040f)]
    [InlineData("cvt.rn.f32.s32", 0xFFFFFFFFu, -1f)]
    public void IntegersBecomeFloats(string opcode, uint value, float expected) =>
        Assert.Equal(BitConverter.SingleToUInt32Bits(expected), PtxText.Compute($"{opcode} %r0, %r1;", value));

    [Fact]
    public void NarrowFloatsAreWidenedExactly()
    {
        uint result = PtxText.Compute("mov.b32 {%h1, %h2}, %r1; cvt.f32.f16 %f1, %h1; cvt.f32.bf16 %f2, %h2; add.f32 %f0, %f1, %f2; mov.b32 %r0, %f0;",
            0x40003C00u);
        Assert.Equal(3f, BitConverter.UInt32BitsToSingle(result));
    }
}

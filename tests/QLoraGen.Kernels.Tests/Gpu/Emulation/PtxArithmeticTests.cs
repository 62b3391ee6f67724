namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

public sealed class PtxArithmeticTests
{
    [Theory]
    [InlineData("add.s32 %r0, %r1, -1;", 5u, 4u)]
    [InlineData("mul.hi.u32 %r0, %r1, 0x10;", 0xF0000000u, 0xFu)]
    [InlineData("mul.hi.s32 %r0, %r1, 2;", 0x80000000u, 0xFFFFFFFFu)]
    [InlineData("mad.lo.s32 %r0, %r1, %r1, 7;", 3u, 16u)]
    [InlineData("div.s32 %r0, %r1, 2;", 0xFFFFFFF9u, 0xFFFFFFFDu)]
    [InlineData("rem.s32 %r0, %r1, 4;", 0xFFFFFFF9u, 0xFFFFFFFDu)]
    [InlineData("shl.b32 %r0, %r1, 32;", 1u, 0u)]
    [InlineData("shr.s32 %r0, %r1, 40;", 0x80000000u, 0xFFFFFFFFu)]
    [InlineData("shr.u32 %r0, %r1, 4;", 0x80000000u, 0x08000000u)]
    [InlineData("max.s32 %r0, %r1, 3;", 0xFFFFFFFFu, 3u)]
    [InlineData("max.u32 %r0, %r1, 3;", 0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData("bfe.u32 %r0, %r1, 4, 8;", 0x00000AB0u, 0xABu)]
    [InlineData("bfe.s32 %r0, %r1, 4, 8;", 0x00000AB0u, 0xFFFFFFABu)]
    [InlineData("bfi.b32 %r0, 0xF, %r1, 8, 4;", 0x11111111u, 0x11111F11u)]
    [InlineData("popc.b32 %r0, %r1;", 0xF0F0u, 8u)]
    [InlineData("clz.b32 %r0, %r1;", 0x00010000u, 15u)]
    [InlineData("brev.b32 %r0, %r1;", 1u, 0x80000000u)]
    [InlineData("shf.l.wrap.b32 %r0, %r1, 0x1, 4;", 0xA0000000u, 0x1Au)]
    [InlineData("shf.r.wrap.b32 %r0, %r1, 0x1, 4;", 0xA0000000u, 0x1A000000u)]
    public void IntegersWrapAndShiftAsTheIsaSays(string body, uint value, uint expected) =>
        Assert.Equal(expected, PtxText.Compute(body, value));

    [Theory]
    [InlineData(0x80, 0xF0F0F0F0u & 0xCCCCCCCCu & 0xAAAAAAAAu)]
    [InlineData(0x96, 0xF0F0F0F0u ^ 0xCCCCCCCCu ^ 0xAAAAAAAAu)]
    [InlineData(0xEA, (0xF0F0F0F0u & 0xCCCCCCCCu) | 0xAAAAAAAAu)]
    [InlineData(0x01, ~(0xF0F0F0F0u | 0xCCCCCCCCu | 0xAAAAAAAAu))]
    public void Lop3IsAnyFunctionOfThreeBits(int table, uint expected) =>
        Assert.Equal(expected, PtxText.Compute($"lop3.b32 %r0, %r1, %r2, %r3, {table};", 0xF0F0F0F0u, 0xCCCCCCCCu, 0xAAAAAAAAu));

    [Theory]
    [InlineData("0x3210", 0x33221100u)]
    [InlineData("0x7654", 0x77665584u)]
    [InlineData("0x5140", 0x55118400u)]
    [InlineData("0xC000", 0xFF000000u)]
    [InlineData("0x8D00", 0x00000000u)]
    public void PrmtPicksBytesOrTheirSigns(string selectors, uint expected) =>
        Assert.Equal(expected, PtxText.Compute($"prmt.b32 %r0, %r1, %r2, {selectors};", 0x33221100u, 0x77665584u));

    [Theory]
    [InlineData("add.f32 %f0, %f1, 0f3F800000;", 2f, 3f)]
    [InlineData("fma.rn.f32 %f0, %f1, %f1, 0fBF800000;", 3f, 8f)]
    [InlineData("max.f32 %f0, %f1, 0f40000000;", float.NaN, 2f)]
    [InlineData("max.NaN.f32 %f0, %f1, 0f40000000;", float.NaN, float.NaN)]
    [InlineData("add.sat.f32 %f0, %f1, %f1;", 3f, 1f)]
    [InlineData("mul.ftz.f32 %f0, %f1, 0f3F000000;", 1.5e-38f, 0f)]
    [InlineData("mul.f32 %f0, %f1, 0f3F000000;", 1.5e-38f, 0.75e-38f)]
    [InlineData("rsqrt.approx.f32 %f0, %f1;", 4f, 0.5f)]
    [InlineData("ex2.approx.ftz.f32 %f0, %f1;", 3f, 8f)]
    [InlineData("copysign.f32 %f0, %f1, 0f40000000;", -1f, -2f)]
    public void FloatsFollowTheirModifiers(string body, float value, float expected)
    {
        uint result = PtxText.Compute($"mov.b32 %f1, %r1; {body} mov.b32 %r0, %f0;", BitConverter.SingleToUInt32Bits(value));
        Assert.Equal(expected, BitConverter.UInt32BitsToSingle(result));
    }

    [Theory]
    [InlineData("fma.rn.bf16x2 %r0, %r1, %r2, %r3;", 0x40003F80u, 0x40403F80u, 0x3F803F80u, 0x40E04000u)]
    [InlineData("fma.rn.f16x2 %r0, %r1, %r2, %r3;", 0x40003C00u, 0x42003C00u, 0x3C003C00u, 0x47004000u)]
    public void PairsAreComputedElementByElement(string body, uint a, uint b, uint c, uint expected) =>
        Assert.Equal(expected, PtxText.Compute(body, a, b, c));

    [Theory]
    [InlineData("setp.lt.f32", 1f, float.NaN, false)]
    [InlineData("setp.ltu.f32", 1f, float.NaN, true)]
    [InlineData("setp.ne.f32", 1f, float.NaN, false)]
    [InlineData("setp.neu.f32", 1f, float.NaN, true)]
    [InlineData("setp.num.f32", 1f, 2f, true)]
    [InlineData("setp.nan.f32", 1f, float.NaN, true)]
    [InlineData("setp.lt.u32", -1f, 1f, false)]
    [InlineData("setp.lt.s32", -1f, 1f, true)]
    public void ComparisonsKnowNanAndSigns(string opcode, float left, float right, bool expected)
    {
        string body = $"{opcode} %p1, %r1, %r2; selp.u32 %r0, 1, 0, %p1;";
        uint result = PtxText.Compute(body, BitConverter.SingleToUInt32Bits(left), BitConverter.SingleToUInt32Bits(right));
        Assert.Equal(expected ? 1u : 0, result);
    }

    [Fact]
    public void AComparisonIsCombinedWithAPredicateAndGivesItsOpposite()
    {
        uint result = PtxText.Compute(
            """
            setp.ne.u32 %p3, %r1, %r1;
            setp.eq.and.u32 %p1|%p2, %r1, 7, !%p3;
            selp.u32 %r4, 1, 0, %p1;
            selp.u32 %r5, 2, 0, %p2;
            or.b32 %r0, %r4, %r5;
            """, 7);
        Assert.Equal(1u, result);
    }
}

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// The text that turns codes into bf16 in registers. For a block, the 16 products codebook * absmax are rounded to bf16
/// once, the very values that dequantizing gives, and split into planes of low and high bytes (tl, th: 16 bytes each);
/// <c>prmt</c> then looks four codes up at a time. 32 steps a block and 21 for 8 codes, no memory.
/// </summary>
internal static class DecodeText
{
    /// <summary>Declares the planes, the absmax, 4 words of codes and where decoded words go.</summary>
    public const string Registers =
        ".reg .b32 tl<4>; .reg .b32 th<4>; .reg .f32 absmax; .reg .f32 offset; .reg .b32 cd<4>; .reg .b32 cw; .reg .b32 into;";

    /// <summary>Makes the planes from absmax and from the codebook in shared memory at [sb].</summary>
    public const string Planes = Plane + "[sb]; " + Four + "tl0" + Low + "th0" + High + Plane + "[sb+16]; " + Four + "tl1" + Low + "th1" + High
        + Plane + "[sb+32]; " + Four + "tl2" + Low + "th2" + High + Plane + "[sb+48]; " + Four + "tl3" + Low + "th3" + High;

    /// <summary>
    /// Decodes cw, 8 codes with the first of each pair in the high nibble, to 16 bytes at into ^ %0. A selector takes three
    /// bits of a code; the fourth, spread over a byte by prmt's sign mode, chooses between the two answers.
    /// </summary>
    public const string Word = Decode + "xor.b32 s, into, %0; st.shared.v4.b32 [s], {o0, o1, o2, o3}; }";

    private const string Plane = "{ .reg .f32 c<4>; .reg .b32 p, q; ld.shared.v4.f32 {c0, c1, c2, c3}, ";

    private const string Four = "mul.rn.f32 c0, c0, absmax; mul.rn.f32 c1, c1, absmax; mul.rn.f32 c2, c2, absmax; mul.rn.f32 c3, c3, absmax; "
        + "cvt.rn.bf16x2.f32 p, c1, c0; cvt.rn.bf16x2.f32 q, c3, c2; prmt.b32 ";

    private const string Low = ", p, q, 0x6420; prmt.b32 ";

    private const string High = ", p, q, 0x7531; }\n\t";

    private const string Decode = "{ .reg .b32 s, u, v, a, b, l, h, o<4>;\n\t"
        + "and.b32 s, cw, 0x77777777; shl.b32 u, cw, 4; prmt.b32 v, u, cw, 0xD9C8;\n\t" + Half
        + "prmt.b32 o0, l, h, 0x4051; prmt.b32 o1, l, h, 0x6273;\n\t"
        + "shr.u32 s, s, 16; prmt.b32 v, u, cw, 0xFBEA;\n\t" + Half
        + "prmt.b32 o2, l, h, 0x4051; prmt.b32 o3, l, h, 0x6273;\n\t";

    private const string Half = "prmt.b32 a, tl0, tl1, s; prmt.b32 b, tl2, tl3, s; lop3.b32 l, a, b, v, 0xD8;\n\t"
        + "prmt.b32 a, th0, th1, s; prmt.b32 b, th2, th3, s; lop3.b32 h, a, b, v, 0xD8;\n\t";
}

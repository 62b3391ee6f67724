namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// The text of the matrix-vector kernel over named registers: q0 to q15 the codes of 4 rows, x0 to x31 the activations of
/// up to 4 tokens, b0 to b15 the sums of a block before its absmax, s0 to s15 those behind it, row by row, 4 tokens a row.
/// </summary>
internal static class GemvText
{
    /// <summary>Declares the registers, and 4 sums for each of 4 tokens and warps.</summary>
    public const string Registers = LookupText.Registers + ".shared .align 16 .b8 parts[256]; .reg .b32 q<16>; "
        + ".reg .b32 xq<4>; .reg .b32 x<32>; .reg .f32 b<16>; .reg .f32 s<16>; .reg .f32 absmax<4>;";

    /// <summary>Sets all sums to zero.</summary>
    public const string Zero = ZeroBlocks + "mov.f32 s0, 0f00000000; mov.f32 s1, 0f00000000; mov.f32 s2, 0f00000000; mov.f32 s3, 0f00000000; mov.f32 s4, 0f00000000; mov.f32 s5, 0f00000000; mov.f32 s6, 0f00000000; mov.f32 s7, 0f00000000; mov.f32 s8, 0f00000000; mov.f32 s9, 0f00000000; mov.f32 s10, 0f00000000; mov.f32 s11, 0f00000000; mov.f32 s12, 0f00000000; mov.f32 s13, 0f00000000; mov.f32 s14, 0f00000000; mov.f32 s15, 0f00000000;";

    /// <summary>Sets the sums of a block to zero.</summary>
    public const string ZeroBlocks = "mov.f32 b0, 0f00000000; mov.f32 b1, 0f00000000; mov.f32 b2, 0f00000000; mov.f32 b3, 0f00000000; mov.f32 b4, 0f00000000; mov.f32 b5, 0f00000000; mov.f32 b6, 0f00000000; mov.f32 b7, 0f00000000; mov.f32 b8, 0f00000000; mov.f32 b9, 0f00000000; mov.f32 b10, 0f00000000; mov.f32 b11, 0f00000000; mov.f32 b12, 0f00000000; mov.f32 b13, 0f00000000; mov.f32 b14, 0f00000000; mov.f32 b15, 0f00000000; ";

    /// <summary>Widens xq0 to xq3, 8 activations of token 0.</summary>
    public const string Widen0 = "shl.b32 x0, xq0, 16; and.b32 x1, xq0, 0xFFFF0000; shl.b32 x2, xq1, 16; and.b32 x3, xq1, 0xFFFF0000; shl.b32 x4, xq2, 16; and.b32 x5, xq2, 0xFFFF0000; shl.b32 x6, xq3, 16; and.b32 x7, xq3, 0xFFFF0000;";

    /// <summary>Widens xq0 to xq3, 8 activations of token 1.</summary>
    public const string Widen1 = "shl.b32 x8, xq0, 16; and.b32 x9, xq0, 0xFFFF0000; shl.b32 x10, xq1, 16; and.b32 x11, xq1, 0xFFFF0000; shl.b32 x12, xq2, 16; and.b32 x13, xq2, 0xFFFF0000; shl.b32 x14, xq3, 16; and.b32 x15, xq3, 0xFFFF0000;";

    /// <summary>Widens xq0 to xq3, 8 activations of token 2.</summary>
    public const string Widen2 = "shl.b32 x16, xq0, 16; and.b32 x17, xq0, 0xFFFF0000; shl.b32 x18, xq1, 16; and.b32 x19, xq1, 0xFFFF0000; shl.b32 x20, xq2, 16; and.b32 x21, xq2, 0xFFFF0000; shl.b32 x22, xq3, 16; and.b32 x23, xq3, 0xFFFF0000;";

    /// <summary>Widens xq0 to xq3, 8 activations of token 3.</summary>
    public const string Widen3 = "shl.b32 x24, xq0, 16; and.b32 x25, xq0, 0xFFFF0000; shl.b32 x26, xq1, 16; and.b32 x27, xq1, 0xFFFF0000; shl.b32 x28, xq2, 16; and.b32 x29, xq2, 0xFFFF0000; shl.b32 x30, xq3, 16; and.b32 x31, xq3, 0xFFFF0000;";

    /// <summary>Row 0, token 0.</summary>
    public const string Add00 = "fma.rn.f32 b0, v0, x0, b0; fma.rn.f32 b0, v1, x1, b0; fma.rn.f32 b0, v2, x2, b0; fma.rn.f32 b0, v3, x3, b0; fma.rn.f32 b0, v4, x4, b0; fma.rn.f32 b0, v5, x5, b0; fma.rn.f32 b0, v6, x6, b0; fma.rn.f32 b0, v7, x7, b0;";

    /// <summary>Row 0, token 1.</summary>
    public const string Add01 = "fma.rn.f32 b1, v0, x8, b1; fma.rn.f32 b1, v1, x9, b1; fma.rn.f32 b1, v2, x10, b1; fma.rn.f32 b1, v3, x11, b1; fma.rn.f32 b1, v4, x12, b1; fma.rn.f32 b1, v5, x13, b1; fma.rn.f32 b1, v6, x14, b1; fma.rn.f32 b1, v7, x15, b1;";

    /// <summary>Row 0, token 2.</summary>
    public const string Add02 = "fma.rn.f32 b2, v0, x16, b2; fma.rn.f32 b2, v1, x17, b2; fma.rn.f32 b2, v2, x18, b2; fma.rn.f32 b2, v3, x19, b2; fma.rn.f32 b2, v4, x20, b2; fma.rn.f32 b2, v5, x21, b2; fma.rn.f32 b2, v6, x22, b2; fma.rn.f32 b2, v7, x23, b2;";

    /// <summary>Row 0, token 3.</summary>
    public const string Add03 = "fma.rn.f32 b3, v0, x24, b3; fma.rn.f32 b3, v1, x25, b3; fma.rn.f32 b3, v2, x26, b3; fma.rn.f32 b3, v3, x27, b3; fma.rn.f32 b3, v4, x28, b3; fma.rn.f32 b3, v5, x29, b3; fma.rn.f32 b3, v6, x30, b3; fma.rn.f32 b3, v7, x31, b3;";

    /// <summary>Row 1, token 0.</summary>
    public const string Add10 = "fma.rn.f32 b4, v0, x0, b4; fma.rn.f32 b4, v1, x1, b4; fma.rn.f32 b4, v2, x2, b4; fma.rn.f32 b4, v3, x3, b4; fma.rn.f32 b4, v4, x4, b4; fma.rn.f32 b4, v5, x5, b4; fma.rn.f32 b4, v6, x6, b4; fma.rn.f32 b4, v7, x7, b4;";

    /// <summary>Row 1, token 1.</summary>
    public const string Add11 = "fma.rn.f32 b5, v0, x8, b5; fma.rn.f32 b5, v1, x9, b5; fma.rn.f32 b5, v2, x10, b5; fma.rn.f32 b5, v3, x11, b5; fma.rn.f32 b5, v4, x12, b5; fma.rn.f32 b5, v5, x13, b5; fma.rn.f32 b5, v6, x14, b5; fma.rn.f32 b5, v7, x15, b5;";

    /// <summary>Row 1, token 2.</summary>
    public const string Add12 = "fma.rn.f32 b6, v0, x16, b6; fma.rn.f32 b6, v1, x17, b6; fma.rn.f32 b6, v2, x18, b6; fma.rn.f32 b6, v3, x19, b6; fma.rn.f32 b6, v4, x20, b6; fma.rn.f32 b6, v5, x21, b6; fma.rn.f32 b6, v6, x22, b6; fma.rn.f32 b6, v7, x23, b6;";

    /// <summary>Row 1, token 3.</summary>
    public const string Add13 = "fma.rn.f32 b7, v0, x24, b7; fma.rn.f32 b7, v1, x25, b7; fma.rn.f32 b7, v2, x26, b7; fma.rn.f32 b7, v3, x27, b7; fma.rn.f32 b7, v4, x28, b7; fma.rn.f32 b7, v5, x29, b7; fma.rn.f32 b7, v6, x30, b7; fma.rn.f32 b7, v7, x31, b7;";

    /// <summary>Row 2, token 0.</summary>
    public const string Add20 = "fma.rn.f32 b8, v0, x0, b8; fma.rn.f32 b8, v1, x1, b8; fma.rn.f32 b8, v2, x2, b8; fma.rn.f32 b8, v3, x3, b8; fma.rn.f32 b8, v4, x4, b8; fma.rn.f32 b8, v5, x5, b8; fma.rn.f32 b8, v6, x6, b8; fma.rn.f32 b8, v7, x7, b8;";

    /// <summary>Row 2, token 1.</summary>
    public const string Add21 = "fma.rn.f32 b9, v0, x8, b9; fma.rn.f32 b9, v1, x9, b9; fma.rn.f32 b9, v2, x10, b9; fma.rn.f32 b9, v3, x11, b9; fma.rn.f32 b9, v4, x12, b9; fma.rn.f32 b9, v5, x13, b9; fma.rn.f32 b9, v6, x14, b9; fma.rn.f32 b9, v7, x15, b9;";

    /// <summary>Row 2, token 2.</summary>
    public const string Add22 = "fma.rn.f32 b10, v0, x16, b10; fma.rn.f32 b10, v1, x17, b10; fma.rn.f32 b10, v2, x18, b10; fma.rn.f32 b10, v3, x19, b10; fma.rn.f32 b10, v4, x20, b10; fma.rn.f32 b10, v5, x21, b10; fma.rn.f32 b10, v6, x22, b10; fma.rn.f32 b10, v7, x23, b10;";

    /// <summary>Row 2, token 3.</summary>
    public const string Add23 = "fma.rn.f32 b11, v0, x24, b11; fma.rn.f32 b11, v1, x25, b11; fma.rn.f32 b11, v2, x26, b11; fma.rn.f32 b11, v3, x27, b11; fma.rn.f32 b11, v4, x28, b11; fma.rn.f32 b11, v5, x29, b11; fma.rn.f32 b11, v6, x30, b11; fma.rn.f32 b11, v7, x31, b11;";

    /// <summary>Row 3, token 0.</summary>
    public const string Add30 = "fma.rn.f32 b12, v0, x0, b12; fma.rn.f32 b12, v1, x1, b12; fma.rn.f32 b12, v2, x2, b12; fma.rn.f32 b12, v3, x3, b12; fma.rn.f32 b12, v4, x4, b12; fma.rn.f32 b12, v5, x5, b12; fma.rn.f32 b12, v6, x6, b12; fma.rn.f32 b12, v7, x7, b12;";

    /// <summary>Row 3, token 1.</summary>
    public const string Add31 = "fma.rn.f32 b13, v0, x8, b13; fma.rn.f32 b13, v1, x9, b13; fma.rn.f32 b13, v2, x10, b13; fma.rn.f32 b13, v3, x11, b13; fma.rn.f32 b13, v4, x12, b13; fma.rn.f32 b13, v5, x13, b13; fma.rn.f32 b13, v6, x14, b13; fma.rn.f32 b13, v7, x15, b13;";

    /// <summary>Row 3, token 2.</summary>
    public const string Add32 = "fma.rn.f32 b14, v0, x16, b14; fma.rn.f32 b14, v1, x17, b14; fma.rn.f32 b14, v2, x18, b14; fma.rn.f32 b14, v3, x19, b14; fma.rn.f32 b14, v4, x20, b14; fma.rn.f32 b14, v5, x21, b14; fma.rn.f32 b14, v6, x22, b14; fma.rn.f32 b14, v7, x23, b14;";

    /// <summary>Row 3, token 3.</summary>
    public const string Add33 = "fma.rn.f32 b15, v0, x24, b15; fma.rn.f32 b15, v1, x25, b15; fma.rn.f32 b15, v2, x26, b15; fma.rn.f32 b15, v3, x27, b15; fma.rn.f32 b15, v4, x28, b15; fma.rn.f32 b15, v5, x29, b15; fma.rn.f32 b15, v6, x30, b15; fma.rn.f32 b15, v7, x31, b15;";

    /// <summary>The blocks of token 0 are done: times their absmax, and begun anew.</summary>
    public const string Scale0 = "fma.rn.f32 s0, absmax0, b0, s0; mov.f32 b0, 0f00000000; fma.rn.f32 s4, absmax1, b4, s4; mov.f32 b4, 0f00000000; fma.rn.f32 s8, absmax2, b8, s8; mov.f32 b8, 0f00000000; fma.rn.f32 s12, absmax3, b12, s12; mov.f32 b12, 0f00000000;";

    /// <summary>The blocks of token 1 are done: times their absmax, and begun anew.</summary>
    public const string Scale1 = "fma.rn.f32 s1, absmax0, b1, s1; mov.f32 b1, 0f00000000; fma.rn.f32 s5, absmax1, b5, s5; mov.f32 b5, 0f00000000; fma.rn.f32 s9, absmax2, b9, s9; mov.f32 b9, 0f00000000; fma.rn.f32 s13, absmax3, b13, s13; mov.f32 b13, 0f00000000;";

    /// <summary>The blocks of token 2 are done: times their absmax, and begun anew.</summary>
    public const string Scale2 = "fma.rn.f32 s2, absmax0, b2, s2; mov.f32 b2, 0f00000000; fma.rn.f32 s6, absmax1, b6, s6; mov.f32 b6, 0f00000000; fma.rn.f32 s10, absmax2, b10, s10; mov.f32 b10, 0f00000000; fma.rn.f32 s14, absmax3, b14, s14; mov.f32 b14, 0f00000000;";

    /// <summary>The blocks of token 3 are done: times their absmax, and begun anew.</summary>
    public const string Scale3 = "fma.rn.f32 s3, absmax0, b3, s3; mov.f32 b3, 0f00000000; fma.rn.f32 s7, absmax1, b7, s7; mov.f32 b7, 0f00000000; fma.rn.f32 s11, absmax2, b11, s11; mov.f32 b11, 0f00000000; fma.rn.f32 s15, absmax3, b15, s15; mov.f32 b15, 0f00000000;";

    /// <summary>Sums token 0 over the lanes of a warp, to all of them alike.</summary>
    public const string Reduce0 = "{ .reg .f32 t; shfl.sync.bfly.b32 t, s0, 16, 31, 0xFFFFFFFF; add.rn.f32 s0, s0, t; shfl.sync.bfly.b32 t, s4, 16, 31, 0xFFFFFFFF; add.rn.f32 s4, s4, t; shfl.sync.bfly.b32 t, s8, 16, 31, 0xFFFFFFFF; add.rn.f32 s8, s8, t; shfl.sync.bfly.b32 t, s12, 16, 31, 0xFFFFFFFF; add.rn.f32 s12, s12, t; shfl.sync.bfly.b32 t, s0, 8, 31, 0xFFFFFFFF; add.rn.f32 s0, s0, t; shfl.sync.bfly.b32 t, s4, 8, 31, 0xFFFFFFFF; add.rn.f32 s4, s4, t; shfl.sync.bfly.b32 t, s8, 8, 31, 0xFFFFFFFF; add.rn.f32 s8, s8, t; shfl.sync.bfly.b32 t, s12, 8, 31, 0xFFFFFFFF; add.rn.f32 s12, s12, t; shfl.sync.bfly.b32 t, s0, 4, 31, 0xFFFFFFFF; add.rn.f32 s0, s0, t; shfl.sync.bfly.b32 t, s4, 4, 31, 0xFFFFFFFF; add.rn.f32 s4, s4, t; shfl.sync.bfly.b32 t, s8, 4, 31, 0xFFFFFFFF; add.rn.f32 s8, s8, t; shfl.sync.bfly.b32 t, s12, 4, 31, 0xFFFFFFFF; add.rn.f32 s12, s12, t; shfl.sync.bfly.b32 t, s0, 2, 31, 0xFFFFFFFF; add.rn.f32 s0, s0, t; shfl.sync.bfly.b32 t, s4, 2, 31, 0xFFFFFFFF; add.rn.f32 s4, s4, t; shfl.sync.bfly.b32 t, s8, 2, 31, 0xFFFFFFFF; add.rn.f32 s8, s8, t; shfl.sync.bfly.b32 t, s12, 2, 31, 0xFFFFFFFF; add.rn.f32 s12, s12, t; shfl.sync.bfly.b32 t, s0, 1, 31, 0xFFFFFFFF; add.rn.f32 s0, s0, t; shfl.sync.bfly.b32 t, s4, 1, 31, 0xFFFFFFFF; add.rn.f32 s4, s4, t; shfl.sync.bfly.b32 t, s8, 1, 31, 0xFFFFFFFF; add.rn.f32 s8, s8, t; shfl.sync.bfly.b32 t, s12, 1, 31, 0xFFFFFFFF; add.rn.f32 s12, s12, t; }";

    /// <summary>Sums token 1 over the lanes of a warp, to all of them alike.</summary>
    public const string Reduce1 = "{ .reg .f32 t; shfl.sync.bfly.b32 t, s1, 16, 31, 0xFFFFFFFF; add.rn.f32 s1, s1, t; shfl.sync.bfly.b32 t, s5, 16, 31, 0xFFFFFFFF; add.rn.f32 s5, s5, t; shfl.sync.bfly.b32 t, s9, 16, 31, 0xFFFFFFFF; add.rn.f32 s9, s9, t; shfl.sync.bfly.b32 t, s13, 16, 31, 0xFFFFFFFF; add.rn.f32 s13, s13, t; shfl.sync.bfly.b32 t, s1, 8, 31, 0xFFFFFFFF; add.rn.f32 s1, s1, t; shfl.sync.bfly.b32 t, s5, 8, 31, 0xFFFFFFFF; add.rn.f32 s5, s5, t; shfl.sync.bfly.b32 t, s9, 8, 31, 0xFFFFFFFF; add.rn.f32 s9, s9, t; shfl.sync.bfly.b32 t, s13, 8, 31, 0xFFFFFFFF; add.rn.f32 s13, s13, t; shfl.sync.bfly.b32 t, s1, 4, 31, 0xFFFFFFFF; add.rn.f32 s1, s1, t; shfl.sync.bfly.b32 t, s5, 4, 31, 0xFFFFFFFF; add.rn.f32 s5, s5, t; shfl.sync.bfly.b32 t, s9, 4, 31, 0xFFFFFFFF; add.rn.f32 s9, s9, t; shfl.sync.bfly.b32 t, s13, 4, 31, 0xFFFFFFFF; add.rn.f32 s13, s13, t; shfl.sync.bfly.b32 t, s1, 2, 31, 0xFFFFFFFF; add.rn.f32 s1, s1, t; shfl.sync.bfly.b32 t, s5, 2, 31, 0xFFFFFFFF; add.rn.f32 s5, s5, t; shfl.sync.bfly.b32 t, s9, 2, 31, 0xFFFFFFFF; add.rn.f32 s9, s9, t; shfl.sync.bfly.b32 t, s13, 2, 31, 0xFFFFFFFF; add.rn.f32 s13, s13, t; shfl.sync.bfly.b32 t, s1, 1, 31, 0xFFFFFFFF; add.rn.f32 s1, s1, t; shfl.sync.bfly.b32 t, s5, 1, 31, 0xFFFFFFFF; add.rn.f32 s5, s5, t; shfl.sync.bfly.b32 t, s9, 1, 31, 0xFFFFFFFF; add.rn.f32 s9, s9, t; shfl.sync.bfly.b32 t, s13, 1, 31, 0xFFFFFFFF; add.rn.f32 s13, s13, t; }";

    /// <summary>Sums token 2 over the lanes of a warp, to all of them alike.</summary>
    public const string Reduce2 = "{ .reg .f32 t; shfl.sync.bfly.b32 t, s2, 16, 31, 0xFFFFFFFF; add.rn.f32 s2, s2, t; shfl.sync.bfly.b32 t, s6, 16, 31, 0xFFFFFFFF; add.rn.f32 s6, s6, t; shfl.sync.bfly.b32 t, s10, 16, 31, 0xFFFFFFFF; add.rn.f32 s10, s10, t; shfl.sync.bfly.b32 t, s14, 16, 31, 0xFFFFFFFF; add.rn.f32 s14, s14, t; shfl.sync.bfly.b32 t, s2, 8, 31, 0xFFFFFFFF; add.rn.f32 s2, s2, t; shfl.sync.bfly.b32 t, s6, 8, 31, 0xFFFFFFFF; add.rn.f32 s6, s6, t; shfl.sync.bfly.b32 t, s10, 8, 31, 0xFFFFFFFF; add.rn.f32 s10, s10, t; shfl.sync.bfly.b32 t, s14, 8, 31, 0xFFFFFFFF; add.rn.f32 s14, s14, t; shfl.sync.bfly.b32 t, s2, 4, 31, 0xFFFFFFFF; add.rn.f32 s2, s2, t; shfl.sync.bfly.b32 t, s6, 4, 31, 0xFFFFFFFF; add.rn.f32 s6, s6, t; shfl.sync.bfly.b32 t, s10, 4, 31, 0xFFFFFFFF; add.rn.f32 s10, s10, t; shfl.sync.bfly.b32 t, s14, 4, 31, 0xFFFFFFFF; add.rn.f32 s14, s14, t; shfl.sync.bfly.b32 t, s2, 2, 31, 0xFFFFFFFF; add.rn.f32 s2, s2, t; shfl.sync.bfly.b32 t, s6, 2, 31, 0xFFFFFFFF; add.rn.f32 s6, s6, t; shfl.sync.bfly.b32 t, s10, 2, 31, 0xFFFFFFFF; add.rn.f32 s10, s10, t; shfl.sync.bfly.b32 t, s14, 2, 31, 0xFFFFFFFF; add.rn.f32 s14, s14, t; shfl.sync.bfly.b32 t, s2, 1, 31, 0xFFFFFFFF; add.rn.f32 s2, s2, t; shfl.sync.bfly.b32 t, s6, 1, 31, 0xFFFFFFFF; add.rn.f32 s6, s6, t; shfl.sync.bfly.b32 t, s10, 1, 31, 0xFFFFFFFF; add.rn.f32 s10, s10, t; shfl.sync.bfly.b32 t, s14, 1, 31, 0xFFFFFFFF; add.rn.f32 s14, s14, t; }";

    /// <summary>Sums token 3 over the lanes of a warp, to all of them alike.</summary>
    public const string Reduce3 = "{ .reg .f32 t; shfl.sync.bfly.b32 t, s3, 16, 31, 0xFFFFFFFF; add.rn.f32 s3, s3, t; shfl.sync.bfly.b32 t, s7, 16, 31, 0xFFFFFFFF; add.rn.f32 s7, s7, t; shfl.sync.bfly.b32 t, s11, 16, 31, 0xFFFFFFFF; add.rn.f32 s11, s11, t; shfl.sync.bfly.b32 t, s15, 16, 31, 0xFFFFFFFF; add.rn.f32 s15, s15, t; shfl.sync.bfly.b32 t, s3, 8, 31, 0xFFFFFFFF; add.rn.f32 s3, s3, t; shfl.sync.bfly.b32 t, s7, 8, 31, 0xFFFFFFFF; add.rn.f32 s7, s7, t; shfl.sync.bfly.b32 t, s11, 8, 31, 0xFFFFFFFF; add.rn.f32 s11, s11, t; shfl.sync.bfly.b32 t, s15, 8, 31, 0xFFFFFFFF; add.rn.f32 s15, s15, t; shfl.sync.bfly.b32 t, s3, 4, 31, 0xFFFFFFFF; add.rn.f32 s3, s3, t; shfl.sync.bfly.b32 t, s7, 4, 31, 0xFFFFFFFF; add.rn.f32 s7, s7, t; shfl.sync.bfly.b32 t, s11, 4, 31, 0xFFFFFFFF; add.rn.f32 s11, s11, t; shfl.sync.bfly.b32 t, s15, 4, 31, 0xFFFFFFFF; add.rn.f32 s15, s15, t; shfl.sync.bfly.b32 t, s3, 2, 31, 0xFFFFFFFF; add.rn.f32 s3, s3, t; shfl.sync.bfly.b32 t, s7, 2, 31, 0xFFFFFFFF; add.rn.f32 s7, s7, t; shfl.sync.bfly.b32 t, s11, 2, 31, 0xFFFFFFFF; add.rn.f32 s11, s11, t; shfl.sync.bfly.b32 t, s15, 2, 31, 0xFFFFFFFF; add.rn.f32 s15, s15, t; shfl.sync.bfly.b32 t, s3, 1, 31, 0xFFFFFFFF; add.rn.f32 s3, s3, t; shfl.sync.bfly.b32 t, s7, 1, 31, 0xFFFFFFFF; add.rn.f32 s7, s7, t; shfl.sync.bfly.b32 t, s11, 1, 31, 0xFFFFFFFF; add.rn.f32 s11, s11, t; shfl.sync.bfly.b32 t, s15, 1, 31, 0xFFFFFFFF; add.rn.f32 s15, s15, t; }";
}

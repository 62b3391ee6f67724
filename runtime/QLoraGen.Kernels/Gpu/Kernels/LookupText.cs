namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// The text that looks codes up in fp32: the codebook stands in shared memory once a lane, so that no two lanes ever want
/// the same bank, and a lookup is a shift, a mask and a read.
/// </summary>
internal static class LookupText
{
    /// <summary>Declares the codebook and the registers.</summary>
    public const string Registers =
        ".shared .align 2048 .b8 lut[2048]; .reg .b32 lane; .reg .b32 w; .reg .f32 v<8>; .reg .f32 offset; ";

    /// <summary>Recovers a double-quantized absmax: %0 is its byte's address, %1 the nested one's, %2 the map's. The name of a
    /// register and <see cref="NestedEnd"/> follow. Rounded twice, as bitsandbytes does.</summary>
    public const string NestedBegin = "{ .reg .b32 c; .reg .b64 p; .reg .f32 a, b; ld.global.nc.u8 c, [%0]; ld.global.nc.f32 b, [%1]; "
        + "mul.wide.u32 p, c, 4; add.s64 p, p, %2; ld.global.nc.f32 a, [p]; mul.rn.f32 a, a, b; add.rn.f32 ";

    /// <summary>What follows the name of a register.</summary>
    public const string NestedEnd = ", a, offset; }";

    /// <summary>Looks up the 8 codes in w, the first of each pair in the high nibble: v0 to v7.</summary>
    public const string Lookup = "{ .reg .b32 a;\n\t"
        + "shl.b32 a, w, 3; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v0, [a];\n\t"
        + "shl.b32 a, w, 7; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v1, [a];\n\t"
        + "shr.u32 a, w, 5; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v2, [a];\n\t"
        + "shr.u32 a, w, 1; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v3, [a];\n\t"
        + "shr.u32 a, w, 13; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v4, [a];\n\t"
        + "shr.u32 a, w, 9; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v5, [a];\n\t"
        + "shr.u32 a, w, 21; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v6, [a];\n\t"
        + "shr.u32 a, w, 17; lop3.b32 a, a, 0x780, lane, 0xEA; ld.shared.f32 v7, [a]; }";
}

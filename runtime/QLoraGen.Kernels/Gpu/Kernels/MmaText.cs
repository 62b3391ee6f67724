namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// The text of mma.sync over named registers: d0 to d127 are the sums of up to 4 by 8 fragments of 16 x 8, fa0 to fa15 the
/// fragments of 4 x 16 rows, fb0 to fb15 those of 8 x 8 columns. Registers by name never pass through local memory, which
/// ILGPU's operands do.
/// </summary>
internal static class MmaText
{
    /// <summary>Declares the registers.</summary>
    public const string Registers = ".reg .f32 d<128>; .reg .b32 fa<16>; .reg .b32 fb<16>;";

    private const string D00 = "{d0, d1, d2, d3}";
    private const string D01 = "{d4, d5, d6, d7}";
    private const string D02 = "{d8, d9, d10, d11}";
    private const string D03 = "{d12, d13, d14, d15}";
    private const string D04 = "{d16, d17, d18, d19}";
    private const string D05 = "{d20, d21, d22, d23}";
    private const string D06 = "{d24, d25, d26, d27}";
    private const string D07 = "{d28, d29, d30, d31}";
    private const string D10 = "{d32, d33, d34, d35}";
    private const string D11 = "{d36, d37, d38, d39}";
    private const string D12 = "{d40, d41, d42, d43}";
    private const string D13 = "{d44, d45, d46, d47}";
    private const string D14 = "{d48, d49, d50, d51}";
    private const string D15 = "{d52, d53, d54, d55}";
    private const string D16 = "{d56, d57, d58, d59}";
    private const string D17 = "{d60, d61, d62, d63}";
    private const string D20 = "{d64, d65, d66, d67}";
    private const string D21 = "{d68, d69, d70, d71}";
    private const string D22 = "{d72, d73, d74, d75}";
    private const string D23 = "{d76, d77, d78, d79}";
    private const string D24 = "{d80, d81, d82, d83}";
    private const string D25 = "{d84, d85, d86, d87}";
    private const string D26 = "{d88, d89, d90, d91}";
    private const string D27 = "{d92, d93, d94, d95}";
    private const string D30 = "{d96, d97, d98, d99}";
    private const string D31 = "{d100, d101, d102, d103}";
    private const string D32 = "{d104, d105, d106, d107}";
    private const string D33 = "{d108, d109, d110, d111}";
    private const string D34 = "{d112, d113, d114, d115}";
    private const string D35 = "{d116, d117, d118, d119}";
    private const string D36 = "{d120, d121, d122, d123}";
    private const string D37 = "{d124, d125, d126, d127}";

    private const string Mma = "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 ";
    private const string A0 = ", {fa0, fa1, fa2, fa3}, ";
    private const string A1 = ", {fa4, fa5, fa6, fa7}, ";
    private const string A2 = ", {fa8, fa9, fa10, fa11}, ";
    private const string A3 = ", {fa12, fa13, fa14, fa15}, ";
    private const string B0 = "{fb0, fb1}, ";
    private const string B1 = "{fb2, fb3}, ";
    private const string B2 = "{fb4, fb5}, ";
    private const string B3 = "{fb6, fb7}, ";
    private const string B4 = "{fb8, fb9}, ";
    private const string B5 = "{fb10, fb11}, ";
    private const string B6 = "{fb12, fb13}, ";
    private const string B7 = "{fb14, fb15}, ";

    /// <summary>Row 0 of fragments, columns 0 to 3.</summary>
    public const string Low0 =
        Mma + D00 + A0 + B0 + D00 + ";\n\t" +
        Mma + D01 + A0 + B1 + D01 + ";\n\t" +
        Mma + D02 + A0 + B2 + D02 + ";\n\t" +
        Mma + D03 + A0 + B3 + D03 + ";";

    /// <summary>Row 0 of fragments, columns 4 to 7.</summary>
    public const string High0 =
        Mma + D04 + A0 + B4 + D04 + ";\n\t" +
        Mma + D05 + A0 + B5 + D05 + ";\n\t" +
        Mma + D06 + A0 + B6 + D06 + ";\n\t" +
        Mma + D07 + A0 + B7 + D07 + ";";

    /// <summary>Row 1 of fragments, columns 0 to 3.</summary>
    public const string Low1 =
        Mma + D10 + A1 + B0 + D10 + ";\n\t" +
        Mma + D11 + A1 + B1 + D11 + ";\n\t" +
        Mma + D12 + A1 + B2 + D12 + ";\n\t" +
        Mma + D13 + A1 + B3 + D13 + ";";

    /// <summary>Row 1 of fragments, columns 4 to 7.</summary>
    public const string High1 =
        Mma + D14 + A1 + B4 + D14 + ";\n\t" +
        Mma + D15 + A1 + B5 + D15 + ";\n\t" +
        Mma + D16 + A1 + B6 + D16 + ";\n\t" +
        Mma + D17 + A1 + B7 + D17 + ";";

    /// <summary>Row 2 of fragments, columns 0 to 3.</summary>
    public const string Low2 =
        Mma + D20 + A2 + B0 + D20 + ";\n\t" +
        Mma + D21 + A2 + B1 + D21 + ";\n\t" +
        Mma + D22 + A2 + B2 + D22 + ";\n\t" +
        Mma + D23 + A2 + B3 + D23 + ";";

    /// <summary>Row 2 of fragments, columns 4 to 7.</summary>
    public const string High2 =
        Mma + D24 + A2 + B4 + D24 + ";\n\t" +
        Mma + D25 + A2 + B5 + D25 + ";\n\t" +
        Mma + D26 + A2 + B6 + D26 + ";\n\t" +
        Mma + D27 + A2 + B7 + D27 + ";";

    /// <summary>Row 3 of fragments, columns 0 to 3.</summary>
    public const string Low3 =
        Mma + D30 + A3 + B0 + D30 + ";\n\t" +
        Mma + D31 + A3 + B1 + D31 + ";\n\t" +
        Mma + D32 + A3 + B2 + D32 + ";\n\t" +
        Mma + D33 + A3 + B3 + D33 + ";";

    /// <summary>Row 3 of fragments, columns 4 to 7.</summary>
    public const string High3 =
        Mma + D34 + A3 + B4 + D34 + ";\n\t" +
        Mma + D35 + A3 + B5 + D35 + ";\n\t" +
        Mma + D36 + A3 + B6 + D36 + ";\n\t" +
        Mma + D37 + A3 + B7 + D37 + ";";

    /// <summary>Sets row 0, columns 0 to 3, to the four values at s.</summary>
    public const string ZeroLow0 =
        "ld.shared.v4.f32 " + D00 + ", [s]; " + "ld.shared.v4.f32 " + D01 + ", [s]; " + "ld.shared.v4.f32 " + D02 + ", [s]; " + "ld.shared.v4.f32 " + D03 + ", [s];";

    /// <summary>Sets row 0, columns 4 to 7, to the four values at s.</summary>
    public const string ZeroHigh0 =
        "ld.shared.v4.f32 " + D04 + ", [s]; " + "ld.shared.v4.f32 " + D05 + ", [s]; " + "ld.shared.v4.f32 " + D06 + ", [s]; " + "ld.shared.v4.f32 " + D07 + ", [s];";

    /// <summary>Sets row 1, columns 0 to 3, to the four values at s.</summary>
    public const string ZeroLow1 =
        "ld.shared.v4.f32 " + D10 + ", [s]; " + "ld.shared.v4.f32 " + D11 + ", [s]; " + "ld.shared.v4.f32 " + D12 + ", [s]; " + "ld.shared.v4.f32 " + D13 + ", [s];";

    /// <summary>Sets row 1, columns 4 to 7, to the four values at s.</summary>
    public const string ZeroHigh1 =
        "ld.shared.v4.f32 " + D14 + ", [s]; " + "ld.shared.v4.f32 " + D15 + ", [s]; " + "ld.shared.v4.f32 " + D16 + ", [s]; " + "ld.shared.v4.f32 " + D17 + ", [s];";

    /// <summary>Sets row 2, columns 0 to 3, to the four values at s.</summary>
    public const string ZeroLow2 =
        "ld.shared.v4.f32 " + D20 + ", [s]; " + "ld.shared.v4.f32 " + D21 + ", [s]; " + "ld.shared.v4.f32 " + D22 + ", [s]; " + "ld.shared.v4.f32 " + D23 + ", [s];";

    /// <summary>Sets row 2, columns 4 to 7, to the four values at s.</summary>
    public const string ZeroHigh2 =
        "ld.shared.v4.f32 " + D24 + ", [s]; " + "ld.shared.v4.f32 " + D25 + ", [s]; " + "ld.shared.v4.f32 " + D26 + ", [s]; " + "ld.shared.v4.f32 " + D27 + ", [s];";

    /// <summary>Sets row 3, columns 0 to 3, to the four values at s.</summary>
    public const string ZeroLow3 =
        "ld.shared.v4.f32 " + D30 + ", [s]; " + "ld.shared.v4.f32 " + D31 + ", [s]; " + "ld.shared.v4.f32 " + D32 + ", [s]; " + "ld.shared.v4.f32 " + D33 + ", [s];";

    /// <summary>Sets row 3, columns 4 to 7, to the four values at s.</summary>
    public const string ZeroHigh3 =
        "ld.shared.v4.f32 " + D34 + ", [s]; " + "ld.shared.v4.f32 " + D35 + ", [s]; " + "ld.shared.v4.f32 " + D36 + ", [s]; " + "ld.shared.v4.f32 " + D37 + ", [s];";

    /// <summary>Stores row 0, columns 0 to 3, a fragment every 576 bytes from s on.</summary>
    public const string StoreLow0 =
        "st.shared.v4.f32 [s+0], " + D00 + "; " +
        "st.shared.v4.f32 [s+576], " + D01 + "; " +
        "st.shared.v4.f32 [s+1152], " + D02 + "; " +
        "st.shared.v4.f32 [s+1728], " + D03 + ";";

    /// <summary>Stores row 0, columns 4 to 7, a fragment every 576 bytes from s on.</summary>
    public const string StoreHigh0 =
        "st.shared.v4.f32 [s+2304], " + D04 + "; " +
        "st.shared.v4.f32 [s+2880], " + D05 + "; " +
        "st.shared.v4.f32 [s+3456], " + D06 + "; " +
        "st.shared.v4.f32 [s+4032], " + D07 + ";";

    /// <summary>Stores row 1, columns 0 to 3, a fragment every 576 bytes from s on.</summary>
    public const string StoreLow1 =
        "st.shared.v4.f32 [s+0], " + D10 + "; " +
        "st.shared.v4.f32 [s+576], " + D11 + "; " +
        "st.shared.v4.f32 [s+1152], " + D12 + "; " +
        "st.shared.v4.f32 [s+1728], " + D13 + ";";

    /// <summary>Stores row 1, columns 4 to 7, a fragment every 576 bytes from s on.</summary>
    public const string StoreHigh1 =
        "st.shared.v4.f32 [s+2304], " + D14 + "; " +
        "st.shared.v4.f32 [s+2880], " + D15 + "; " +
        "st.shared.v4.f32 [s+3456], " + D16 + "; " +
        "st.shared.v4.f32 [s+4032], " + D17 + ";";

    /// <summary>Stores row 2, columns 0 to 3, a fragment every 576 bytes from s on.</summary>
    public const string StoreLow2 =
        "st.shared.v4.f32 [s+0], " + D20 + "; " +
        "st.shared.v4.f32 [s+576], " + D21 + "; " +
        "st.shared.v4.f32 [s+1152], " + D22 + "; " +
        "st.shared.v4.f32 [s+1728], " + D23 + ";";

    /// <summary>Stores row 2, columns 4 to 7, a fragment every 576 bytes from s on.</summary>
    public const string StoreHigh2 =
        "st.shared.v4.f32 [s+2304], " + D24 + "; " +
        "st.shared.v4.f32 [s+2880], " + D25 + "; " +
        "st.shared.v4.f32 [s+3456], " + D26 + "; " +
        "st.shared.v4.f32 [s+4032], " + D27 + ";";

    /// <summary>Stores row 3, columns 0 to 3, a fragment every 576 bytes from s on.</summary>
    public const string StoreLow3 =
        "st.shared.v4.f32 [s+0], " + D30 + "; " +
        "st.shared.v4.f32 [s+576], " + D31 + "; " +
        "st.shared.v4.f32 [s+1152], " + D32 + "; " +
        "st.shared.v4.f32 [s+1728], " + D33 + ";";

    /// <summary>Stores row 3, columns 4 to 7, a fragment every 576 bytes from s on.</summary>
    public const string StoreHigh3 =
        "st.shared.v4.f32 [s+2304], " + D34 + "; " +
        "st.shared.v4.f32 [s+2880], " + D35 + "; " +
        "st.shared.v4.f32 [s+3456], " + D36 + "; " +
        "st.shared.v4.f32 [s+4032], " + D37 + ";";
}

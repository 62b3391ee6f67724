namespace QLoraGen.Emulation;

/// <summary>The two formats of 16 bits.</summary>
internal sealed record PtxHalfFormat(Func<ushort, float> Decode, Func<double, ushort> Encode)
{
    public static PtxHalfFormat F16 { get; } =
        new(bits => (float)BitConverter.UInt16BitsToHalf(bits), value => BitConverter.HalfToUInt16Bits((Half)value));

    public static PtxHalfFormat Bf16 { get; } =
        new(bits => BitConverter.UInt32BitsToSingle((uint)bits << 16), value => PtxRounding.ToBf16(value, PtxRound.Nearest));

    public static PtxHalfFormat Of(PtxType type) => type.Name switch
    {
        "f16" or "f16x2" => F16,
        "bf16" or "bf16x2" => Bf16,
        _ => throw new PtxFault($"{type.Name} is no format of 16 bits."),
    };
}

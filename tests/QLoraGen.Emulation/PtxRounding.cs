namespace QLoraGen.Emulation;

internal enum PtxRound { Nearest, Zero, Down, Up }

/// <summary>Rounding of doubles to narrower formats, in the four directions.</summary>
internal static class PtxRounding
{
    public static float ToSingle(double value, PtxRound round)
    {
        float nearest = (float)value;
        if (round == PtxRound.Nearest || double.IsNaN(value) || nearest == value)
            return nearest;
        return Towards(round, value) switch
        {
            > 0 => nearest < value ? MathF.BitIncrement(nearest) : nearest,
            _ => nearest > value ? MathF.BitDecrement(nearest) : nearest,
        };
    }

    /// <summary>bf16 is the upper half of f32. The f32 rounded to odd keeps what the second rounding needs to know.</summary>
    public static ushort ToBf16(double value, PtxRound round)
    {
        if (double.IsNaN(value))
            return 0x7FFF;
        float truncated = ToSingle(value, PtxRound.Zero);
        uint bits = BitConverter.SingleToUInt32Bits(truncated);
        if (truncated != value)
            bits |= 1;
        bool awayFromZero = round switch
        {
            PtxRound.Nearest => (bits & 0xFFFF) > 0x8000 || ((bits & 0xFFFF) == 0x8000 && (bits & 0x10000) != 0),
            PtxRound.Zero => false,
            _ => (bits & 0xFFFF) != 0 && Towards(round, value) > 0 == value > 0,
        };
        return (ushort)((bits >> 16) + (awayFromZero ? 1u : 0));
    }

    public static ushort ToF16(double value, PtxRound round)
    {
        var nearest = (Half)value;
        if (round != PtxRound.Nearest && !double.IsNaN(value) && (double)nearest != value)
        {
            if (Towards(round, value) > 0)
                nearest = (double)nearest < value ? Half.BitIncrement(nearest) : nearest;
            else
                nearest = (double)nearest > value ? Half.BitDecrement(nearest) : nearest;
        }
        return BitConverter.HalfToUInt16Bits(nearest);
    }

    private static int Towards(PtxRound round, double value) => round switch
    {
        PtxRound.Up => 1,
        PtxRound.Down => -1,
        _ => value > 0 ? -1 : 1,
    };
}

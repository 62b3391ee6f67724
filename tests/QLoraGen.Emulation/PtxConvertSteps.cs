namespace QLoraGen.Emulation;

/// <summary>cvt between integers and floats of all widths, with its roundings and its saturation.</summary>
internal static class PtxConvertSteps
{
    public static PtxStep Convert(PtxDecoding decoding)
    {
        string? rounding = decoding.TakeAny("rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi");
        bool saturate = decoding.Take("sat");
        bool relu = decoding.Take("relu");
        bool flush = decoding.Take("ftz");
        var (to, from) = (decoding.TakeType(), decoding.TakeType());
        if (to.Name is "f16x2" or "bf16x2")
            return Pack(decoding, to, from, rounding, relu);
        if (relu)
            throw new PtxFault("'.relu' belongs to conversions to f16 and bf16 pairs here.");
        var (register, a) = (decoding.Register(0), decoding.Source(1, from));
        int d = register.Slot;
        switch (from.IsFloat, to.IsFloat)
        {
            case (false, false):
                return thread => thread.Set(d, ToInteger(Integer(thread, a, from), to, saturate, register.Type.Bits));
            case (false, true):
                return IntegerToFloat(d, a, from, to, Direction(rounding));
            case (true, false):
                var round = ToWhole(rounding ?? throw new PtxFault("A rounding to an integer is needed."));
                return thread => thread.Set(d, FloatToInteger(round(Flush(Float(thread, a, from), from, flush)), from, to, register.Type.Bits));
            default:
                return FloatToFloat(d, a, from, to, rounding, saturate, flush);
        }
    }

    /// <summary>cvt.rn.bf16x2.f32 d, a, b: a becomes the upper half.</summary>
    private static PtxStep Pack(PtxDecoding decoding, PtxType to, PtxType from, string? rounding, bool relu)
    {
        if (from.Name != "f32")
            throw new PtxFault($"A pair is not made from {from.Name}.");
        var (d, a, b) = (decoding.Destination(0), decoding.Source(1, from), decoding.Source(2, from));
        var element = PtxType.Of(to.Name[..^2]);
        var direction = Direction(rounding);
        return thread => thread.Set(d, Half(thread.Get<float>(b)) | Half(thread.Get<float>(a)) << 16);

        uint Half(float value) => (uint)Encode(relu && !(value > 0) && !float.IsNaN(value) ? 0 : value, element, direction);
    }

    private static PtxStep IntegerToFloat(int d, int a, PtxType from, PtxType to, PtxRound direction)
    {
        if (direction != PtxRound.Nearest && from.Bits == 64)
            throw new PtxFault("Integers of 64 bits are rounded to nearest only.");
        if (from.Bits == 64 && to.Bits == 32)
            return thread => thread.Set(d, from.IsSigned ? (float)thread.Get<long>(a) : (float)thread.Get<ulong>(a));
        return thread => thread.Set(d, Encode((double)Integer(thread, a, from), to, direction));
    }

    private static PtxStep FloatToFloat(int d, int a, PtxType from, PtxType to, string? rounding, bool saturate, bool flush)
    {
        bool whole = rounding is "rni" or "rzi" or "rmi" or "rpi";
        if (rounding is null && to.Bits < from.Bits)
            throw new PtxFault($"A rounding is needed from {from.Name} to {to.Name}.");
        Func<double, double>? round = whole ? ToWhole(rounding!) : null;
        var direction = whole ? PtxRound.Nearest : Direction(rounding);
        return thread =>
        {
            double value = Flush(Float(thread, a, from), from, flush);
            value = round?.Invoke(value) ?? value;
            if (saturate)
                value = double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
            if (flush && to.Name == "f32" && float.IsSubnormal((float)value))
                value = Math.CopySign(0, value);
            thread.Set(d, Encode(value, to, direction));
        };
    }

    private static double Flush(double value, PtxType type, bool flush) =>
        flush && type.Name == "f32" && float.IsSubnormal((float)value) ? Math.CopySign(0, value) : value;

    private static PtxRound Direction(string? rounding) => rounding switch
    {
        null or "rn" => PtxRound.Nearest,
        "rz" => PtxRound.Zero,
        "rm" => PtxRound.Down,
        "rp" => PtxRound.Up,
        _ => throw new PtxFault($"'.{rounding}' rounds to integers."),
    };

    private static Func<double, double> ToWhole(string rounding) => rounding switch
    {
        "rni" => value => Math.Round(value, MidpointRounding.ToEven),
        "rzi" => Math.Truncate,
        "rmi" => Math.Floor,
        "rpi" => Math.Ceiling,
        _ => throw new PtxFault($"'.{rounding}' does not round to an integer."),
    };

    private static Int128 Integer(PtxThread thread, int slot, PtxType type)
    {
        ulong raw = type.Extend(thread.Get<ulong>(slot), 64);
        return type.IsSigned ? (long)raw : raw;
    }

    private static double Float(PtxThread thread, int slot, PtxType type) => type.Name switch
    {
        "f64" => thread.Get<double>(slot),
        "f32" => thread.Get<float>(slot),
        _ => PtxHalfFormat.Of(type).Decode(thread.Get<ushort>(slot)),
    };

    private static ulong Encode(double value, PtxType type, PtxRound direction) => type.Name switch
    {
        "f64" => BitConverter.DoubleToUInt64Bits(value),
        "f32" => BitConverter.SingleToUInt32Bits(PtxRounding.ToSingle(value, direction)),
        "f16" => PtxRounding.ToF16(value, direction),
        "bf16" => PtxRounding.ToBf16(value, direction),
        _ => throw new PtxFault($"Nothing is converted to {type.Name}."),
    };

    private static ulong ToInteger(Int128 value, PtxType to, bool saturate, int registerBits)
    {
        if (saturate)
        {
            var (least, most) = Range(to);
            value = Int128.Clamp(value, least, most);
        }
        return to.Extend(unchecked((ulong)value), registerBits);
    }

    /// <summary>Out of range gives the nearest integer there is; NaN gives 0, or the highest bit alone where 64 bits are involved.</summary>
    private static ulong FloatToInteger(double value, PtxType from, PtxType to, int registerBits)
    {
        if (double.IsNaN(value))
            return from.Bits == 64 || to.Bits == 64 ? 1UL << (to.Bits - 1) : 0;
        var (least, most) = Range(to);
        var whole = value <= (double)least ? least : value >= (double)most ? most : (Int128)value;
        return ToInteger(whole, to, false, registerBits);
    }

    private static (Int128 Least, Int128 Most) Range(PtxType type) => type.IsSigned
        ? (-(Int128.One << (type.Bits - 1)), (Int128.One << (type.Bits - 1)) - 1)
        : (0, (Int128.One << type.Bits) - 1);
}

using System.Numerics;

namespace QLoraGen.Emulation;

/// <summary>Integer arithmetic; it wraps around.</summary>
internal static class PtxIntegerSteps<T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static PtxStep? Decode(PtxDecoding decoding, PtxType type) => decoding.Name switch
    {
        "add" => Binary(decoding, type, (a, b) => unchecked(a + b)),
        "sub" => Binary(decoding, type, (a, b) => unchecked(a - b)),
        "mul" => Multiply(decoding, type),
        "mad" => MultiplyAdd(decoding, type),
        "div" => Binary(decoding, type, (a, b) => a / b),
        "rem" => Binary(decoding, type, (a, b) => a % b),
        "min" => Binary(decoding, type, T.Min),
        "max" => Binary(decoding, type, T.Max),
        "neg" => Unary(decoding, type, a => unchecked(T.Zero - a)),
        "abs" => Unary(decoding, type, a => T.IsNegative(a) ? unchecked(T.Zero - a) : a),
        "and" => Binary(decoding, type, (a, b) => a & b),
        "or" => Binary(decoding, type, (a, b) => a | b),
        "xor" => Binary(decoding, type, (a, b) => a ^ b),
        "not" => Unary(decoding, type, a => ~a),
        "cnot" => Unary(decoding, type, a => a == T.Zero ? T.One : T.Zero),
        "shl" => Shift(decoding, type, (a, by) => by >= type.Bits ? T.Zero : a << by),
        "shr" => Shift(decoding, type, (a, by) => by < type.Bits ? a >> by : T.IsNegative(a) ? T.AllBitsSet : T.Zero),
        _ => null,
    };

    private static PtxStep Unary(PtxDecoding decoding, PtxType type, Func<T, T> operation)
    {
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        return thread => thread.Set(d, operation(thread.Get<T>(a)));
    }

    private static PtxStep Binary(PtxDecoding decoding, PtxType type, Func<T, T, T> operation)
    {
        var (d, a, b) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type));
        return thread => thread.Set(d, operation(thread.Get<T>(a), thread.Get<T>(b)));
    }

    private static PtxStep Shift(PtxDecoding decoding, PtxType type, Func<T, int, T> operation)
    {
        var (d, a, b) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, PtxType.Of("u32")));
        return thread => thread.Set(d, operation(thread.Get<T>(a), (int)Math.Min(thread.Get<uint>(b), 255)));
    }

    private static PtxStep Multiply(PtxDecoding decoding, PtxType type)
    {
        var (d, a, b) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type));
        switch (decoding.TakeOne("lo", "hi", "wide"))
        {
            case "lo":
                return thread => thread.Set(d, unchecked(thread.Get<T>(a) * thread.Get<T>(b)));
            case "hi":
                return thread => thread.Set(d, High(thread.Get<T>(a), thread.Get<T>(b), type.Bits));
            default:
                RequireNarrow(type);
                return thread => SetWide(thread, d, Wide(thread.Get<T>(a), thread.Get<T>(b)), type);
        }
    }

    private static PtxStep MultiplyAdd(PtxDecoding decoding, PtxType type)
    {
        var (d, a, b) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type));
        string part = decoding.TakeOne("lo", "hi", "wide");
        int c = decoding.Source(3, part == "wide" && type.Bits < 64 ? PtxType.Of($"{type.Kind}{type.Bits * 2}") : type);
        switch (part)
        {
            case "lo":
                return thread => thread.Set(d, unchecked(thread.Get<T>(a) * thread.Get<T>(b) + thread.Get<T>(c)));
            case "hi":
                return thread => thread.Set(d, unchecked(High(thread.Get<T>(a), thread.Get<T>(b), type.Bits) + thread.Get<T>(c)));
            default:
                RequireNarrow(type);
                return thread => SetWide(thread, d, unchecked(Wide(thread.Get<T>(a), thread.Get<T>(b)) + thread.Get<long>(c)), type);
        }
    }

    private static T High(T a, T b, int bits) =>
        T.CreateTruncating(unchecked(Int128.CreateTruncating(a) * Int128.CreateTruncating(b)) >> bits);

    private static long Wide(T a, T b) => unchecked(long.CreateTruncating(a) * long.CreateTruncating(b));

    private static void SetWide(PtxThread thread, int slot, long value, PtxType type) =>
        thread.Set(slot, (ulong)value & PtxType.Mask(type.Bits * 2));

    private static void RequireNarrow(PtxType type)
    {
        if (type.Bits == 64)
            throw new PtxFault("'.wide' has no 64-bit form.");
    }
}

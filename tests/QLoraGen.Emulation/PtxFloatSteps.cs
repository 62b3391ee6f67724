using System.Numerics;

namespace QLoraGen.Emulation;

/// <summary>Arithmetic of f32 and f64, rounded to nearest. Approximate functions are computed exactly: a device may differ in the last bits.</summary>
internal static class PtxFloatSteps<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public static PtxStep? Decode(PtxDecoding decoding, PtxType type)
    {
        decoding.Allow("rn", "approx", "full");
        return decoding.Name switch
        {
            "add" => Binary(decoding, type, (a, b) => a + b),
            "sub" => Binary(decoding, type, (a, b) => a - b),
            "mul" => Binary(decoding, type, (a, b) => a * b),
            "div" => Binary(decoding, type, (a, b) => a / b),
            "min" => decoding.Take("NaN") ? Binary(decoding, type, T.Min) : Binary(decoding, type, T.MinNumber),
            "max" => decoding.Take("NaN") ? Binary(decoding, type, T.Max) : Binary(decoding, type, T.MaxNumber),
            "copysign" => Binary(decoding, type, (sign, magnitude) => T.CopySign(magnitude, sign)),
            "fma" or "mad" => Ternary(decoding, type, T.FusedMultiplyAdd),
            "neg" => Unary(decoding, type, a => -a),
            "abs" => Unary(decoding, type, T.Abs),
            "sqrt" => Unary(decoding, type, T.Sqrt),
            "rcp" => Unary(decoding, type, a => T.One / a),
            "rsqrt" => Unary(decoding, type, a => T.One / T.Sqrt(a)),
            "ex2" => Unary(decoding, type, T.Exp2),
            "lg2" => Unary(decoding, type, T.Log2),
            "sin" => Unary(decoding, type, T.Sin),
            "cos" => Unary(decoding, type, T.Cos),
            "tanh" => Unary(decoding, type, T.Tanh),
            _ => null,
        };
    }

    private static PtxStep Unary(PtxDecoding decoding, PtxType type, Func<T, T> operation)
    {
        var (before, after) = Around(decoding);
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        if (before is null && after is null)
            return thread => thread.Set(d, operation(thread.Get<T>(a)));
        return thread => thread.Set(d, Apply(after, operation(Apply(before, thread.Get<T>(a)))));
    }

    private static PtxStep Binary(PtxDecoding decoding, PtxType type, Func<T, T, T> operation)
    {
        var (before, after) = Around(decoding);
        var (d, a, b) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type));
        if (before is null && after is null)
            return thread => thread.Set(d, operation(thread.Get<T>(a), thread.Get<T>(b)));
        return thread => thread.Set(d, Apply(after, operation(Apply(before, thread.Get<T>(a)), Apply(before, thread.Get<T>(b)))));
    }

    private static PtxStep Ternary(PtxDecoding decoding, PtxType type, Func<T, T, T, T> operation)
    {
        var (before, after) = Around(decoding);
        var (d, a, b, c) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, type));
        if (before is null && after is null)
            return thread => thread.Set(d, operation(thread.Get<T>(a), thread.Get<T>(b), thread.Get<T>(c)));
        return thread => thread.Set(d, Apply(after, operation(
            Apply(before, thread.Get<T>(a)), Apply(before, thread.Get<T>(b)), Apply(before, thread.Get<T>(c)))));
    }

    private static T Apply(Func<T, T>? function, T value) => function is null ? value : function(value);

    /// <summary>.ftz makes subnormal sources and results zero; .sat keeps the result within 0 and 1, with NaN as 0.</summary>
    private static (Func<T, T>? Before, Func<T, T>? After) Around(PtxDecoding decoding)
    {
        Func<T, T>? flush = decoding.Take("ftz") ? a => T.IsSubnormal(a) ? T.CopySign(T.Zero, a) : a : null;
        if (!decoding.Take("sat"))
            return (flush, flush);
        return (flush, a => T.IsNaN(a) ? T.Zero : T.Clamp(Apply(flush, a), T.Zero, T.One));
    }
}

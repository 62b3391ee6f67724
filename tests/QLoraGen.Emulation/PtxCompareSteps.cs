using System.Numerics;

namespace QLoraGen.Emulation;

/// <summary>Comparisons and what selects by them.</summary>
internal static class PtxCompareSteps
{
    private static readonly string[] comparisons =
    [
        "eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan",
    ];

    public static PtxStep SetPredicate(PtxDecoding decoding)
    {
        string comparison = decoding.TakeOne(comparisons);
        string? combine = decoding.TakeAny("and", "or", "xor");
        decoding.Allow("ftz");
        var compare = Compare(decoding, comparison, decoding.TakeType());
        var third = combine is null ? null : decoding.Predicate(3);
        var (d, opposite) = decoding.Operand(0) is PairOperand pair
            ? (PtxDecoding.Register(pair.First).Slot, PtxDecoding.Register(pair.Second).Slot)
            : (decoding.Destination(0), -1);
        return thread =>
        {
            bool holds = compare(thread);
            bool other = third?.Invoke(thread) ?? false;
            thread.Set<ulong>(d, Combine(combine, holds, other) ? 1u : 0);
            if (opposite >= 0)
                thread.Set<ulong>(opposite, Combine(combine, !holds, other) ? 1u : 0);
        };
    }

    /// <summary>A comparison whose result is all ones, or 1.0, where it holds.</summary>
    public static PtxStep Set(PtxDecoding decoding)
    {
        string comparison = decoding.TakeOne(comparisons);
        string? combine = decoding.TakeAny("and", "or", "xor");
        decoding.Allow("ftz");
        var result = decoding.TakeType();
        var compare = Compare(decoding, comparison, decoding.TakeType());
        var third = combine is null ? null : decoding.Predicate(3);
        int d = decoding.Destination(0);
        uint yes = result.Name switch
        {
            "u32" or "s32" => uint.MaxValue,
            "f32" => BitConverter.SingleToUInt32Bits(1),
            _ => throw new PtxFault($"'set' has no result of type {result.Name}."),
        };
        return thread => thread.Set(d, Combine(combine, compare(thread), third?.Invoke(thread) ?? false) ? yes : 0);
    }

    public static PtxStep Select(PtxDecoding decoding)
    {
        var type = decoding.TakeType();
        var (d, a, b, condition) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type), decoding.Predicate(3));
        ulong mask = PtxType.Mask(type.Bits);
        return thread => thread.Set(d, thread.Get<ulong>(condition(thread) ? a : b) & mask);
    }

    public static PtxStep SelectBySign(PtxDecoding decoding)
    {
        decoding.Allow("ftz");
        var (type, by) = (decoding.TakeType(), decoding.TakeType());
        if (by.Name is not ("s32" or "f32"))
            throw new PtxFault($"'slct' does not select by {by.Name}.");
        var (d, a, b, c) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, by));
        ulong mask = PtxType.Mask(type.Bits);
        return thread =>
        {
            bool first = by.IsFloat ? thread.Get<float>(c) >= 0 : thread.Get<int>(c) >= 0;
            thread.Set(d, thread.Get<ulong>(first ? a : b) & mask);
        };
    }

    private static bool Combine(string? how, bool holds, bool other) => how switch
    {
        null => holds,
        "and" => holds && other,
        "or" => holds || other,
        _ => holds != other,
    };

    private static Func<PtxThread, bool> Compare(PtxDecoding decoding, string comparison, PtxType type) => type.Name switch
    {
        "u16" or "b16" => Compare<ushort>(decoding, comparison, type),
        "s16" => Compare<short>(decoding, comparison, type),
        "u32" or "b32" => Compare<uint>(decoding, comparison, type),
        "s32" => Compare<int>(decoding, comparison, type),
        "u64" or "b64" => Compare<ulong>(decoding, comparison, type),
        "s64" => Compare<long>(decoding, comparison, type),
        "f32" => Compare<float>(decoding, comparison, type),
        "f64" => Compare<double>(decoding, comparison, type),
        "f16" => Compare<Half>(decoding, comparison, type),
        _ => throw new PtxFault($"{type.Name} cannot be compared."),
    };

    /// <summary>The plain comparisons are false where an operand is NaN; those that end in u are true.</summary>
    private static Func<PtxThread, bool> Compare<T>(PtxDecoding decoding, string comparison, PtxType type) where T : unmanaged, INumber<T>
    {
        bool onlyUnsigned = comparison is "lo" or "ls" or "hi" or "hs";
        bool onlyFloat = comparison is "num" or "nan" || comparison.Length == 3;
        if ((onlyUnsigned && type.Kind is not ('u' or 'b')) || (onlyFloat && !type.IsFloat))
            throw new PtxFault($"'.{comparison}' is no comparison of {type.Name}.");
        var (a, b) = (decoding.Source(1, type), decoding.Source(2, type));
        Func<T, T, bool> compare = comparison switch
        {
            "eq" => (x, y) => x == y,
            "ne" => (x, y) => x < y || x > y,
            "lt" or "lo" => (x, y) => x < y,
            "le" or "ls" => (x, y) => x <= y,
            "gt" or "hi" => (x, y) => x > y,
            "ge" or "hs" => (x, y) => x >= y,
            "equ" => (x, y) => !(x < y || x > y),
            "neu" => (x, y) => !(x == y),
            "ltu" => (x, y) => !(x >= y),
            "leu" => (x, y) => !(x > y),
            "gtu" => (x, y) => !(x <= y),
            "geu" => (x, y) => !(x < y),
            "num" => (x, y) => !T.IsNaN(x) && !T.IsNaN(y),
            _ => (x, y) => T.IsNaN(x) || T.IsNaN(y),
        };
        return thread => compare(thread.Get<T>(a), thread.Get<T>(b));
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace QLoraGen.Emulation;

/// <summary>atom, which gives the old value, and red, which does not. Threads take turns, so each is atomic by itself.</summary>
internal static class PtxAtomicSteps
{
    public static PtxStep Atomic(PtxDecoding decoding)
    {
        decoding.Allow("relaxed", "acquire", "release", "acq_rel", "cta", "cluster", "gpu", "sys", "noftz");
        var space = PtxMemorySteps.TakeSpace(decoding);
        string operation = decoding.TakeOne("add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec");
        var type = decoding.TakeType();
        return type.Name switch
        {
            "u32" or "b32" => Decode<uint>(decoding, space, type, Integer<uint>(operation)),
            "s32" => Decode<int>(decoding, space, type, Integer<int>(operation)),
            "u64" or "b64" => Decode<ulong>(decoding, space, type, Integer<ulong>(operation)),
            "s64" => Decode<long>(decoding, space, type, Integer<long>(operation)),
            "f32" => Decode<float>(decoding, space, type, Add<float>(operation)),
            "f64" => Decode<double>(decoding, space, type, Add<double>(operation)),
            _ => throw new PtxFault($"There is no atomic operation on {type.Name} here."),
        };
    }

    private static PtxStep Decode<T>(PtxDecoding decoding, PtxSpace space, PtxType type, Func<T, T, T, T> operation)
        where T : unmanaged
    {
        int at = decoding.Name == "red" ? 0 : 1;
        int d = at == 0 || decoding.Operand(0) is NameOperand { Name: "_" } ? -1 : decoding.Destination(0);
        var address = decoding.Address(at);
        int b = decoding.Source(at + 1, type);
        int c = decoding.Count > at + 2 ? decoding.Source(at + 2, type) : b;
        return thread =>
        {
            ref byte place = ref thread.At(space, address(thread), type.Bytes, PtxAccess.Atomic);
            var old = Unsafe.ReadUnaligned<T>(ref place);
            Unsafe.WriteUnaligned(ref place, operation(old, thread.Get<T>(b), thread.Get<T>(c)));
            if (d >= 0)
                thread.Set(d, old);
        };
    }

    private static Func<T, T, T, T> Integer<T>(string operation) where T : unmanaged, IBinaryInteger<T> => operation switch
    {
        "add" => (old, b, _) => unchecked(old + b),
        "min" => (old, b, _) => T.Min(old, b),
        "max" => (old, b, _) => T.Max(old, b),
        "and" => (old, b, _) => old & b,
        "or" => (old, b, _) => old | b,
        "xor" => (old, b, _) => old ^ b,
        "exch" => (_, b, _) => b,
        "cas" => (old, b, c) => old == b ? c : old,
        "inc" => (old, b, _) => old >= b ? T.Zero : old + T.One,
        _ => (old, b, _) => old == T.Zero || old > b ? b : old - T.One,
    };

    private static Func<T, T, T, T> Add<T>(string operation) where T : unmanaged, INumber<T> =>
        operation == "add" ? (old, b, _) => old + b : throw new PtxFault($"'.{operation}' has no form for floats.");
}

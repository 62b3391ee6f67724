using System.Runtime.CompilerServices;

namespace QLoraGen.Emulation;

/// <summary>Loads and stores, of one element or of vectors of two, four or eight.</summary>
internal static class PtxMemorySteps
{
    /// <summary>Modifiers that order accesses or steer caches: here every access is done at once and in order.</summary>
    private static readonly string[] hints =
    [
        "weak", "relaxed", "acquire", "release", "volatile", "cta", "cluster", "gpu", "sys", "nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt",
    ];

    public static PtxStep Load(PtxDecoding decoding)
    {
        var (space, type, count) = TakeShape(decoding);
        var operand = decoding.Operand(0);
        var registers = (operand is GroupOperand group ? group.Items : [operand]).Select(PtxDecoding.Register).ToArray();
        RequireCount(registers.Length, count);
        var address = decoding.Address(1);
        int size = type.Bytes;
        return thread =>
        {
            ref byte first = ref thread.At(space, address(thread), size * count, PtxAccess.Read);
            for (int i = 0; i < registers.Length; i++)
            {
                ulong raw = Read(ref Unsafe.Add(ref first, i * size), size);
                thread.Set(registers[i].Slot, type.Extend(raw, registers[i].Type.Bits));
            }
        };
    }

    public static PtxStep Store(PtxDecoding decoding)
    {
        var (space, type, count) = TakeShape(decoding);
        var address = decoding.Address(0);
        int[] sources = decoding.Group(1, type, count);
        int size = type.Bytes;
        return thread =>
        {
            ref byte first = ref thread.At(space, address(thread), size * count, PtxAccess.Write);
            for (int i = 0; i < sources.Length; i++)
                Write(ref Unsafe.Add(ref first, i * size), size, thread.Get<ulong>(sources[i]));
        };
    }

    public static PtxStep Prefetch(PtxDecoding decoding)
    {
        TakeSpace(decoding);
        decoding.TakeOne("L1", "L2");
        decoding.Address(0);
        return _ => { };
    }

    public static PtxSpace TakeSpace(PtxDecoding decoding) =>
        decoding.TakeAny("global", "shared", "local", "const", "param", "shared::cta") switch
        {
            "global" => PtxSpace.Global,
            "shared" or "shared::cta" => PtxSpace.Shared,
            "local" => PtxSpace.Local,
            "const" => PtxSpace.Const,
            "param" => PtxSpace.Param,
            _ => PtxSpace.Generic,
        };

    private static (PtxSpace Space, PtxType Type, int Count) TakeShape(PtxDecoding decoding)
    {
        decoding.Allow(hints);
        if (decoding.TakeCacheHints() && decoding.Count == 3)
            decoding.Source(2, PtxType.Of("b64"));
        var space = TakeSpace(decoding);
        int count = decoding.TakeAny("v2", "v4", "v8") is { } vector ? vector[1] - '0' : 1;
        return (space, decoding.TakeType(), count);
    }

    private static void RequireCount(int found, int count)
    {
        if (found != count)
            throw new PtxFault($"{found} registers stand where {count} are needed.");
    }

    private static ulong Read(ref byte at, int size) => size switch
    {
        1 => at,
        2 => Unsafe.ReadUnaligned<ushort>(ref at),
        4 => Unsafe.ReadUnaligned<uint>(ref at),
        _ => Unsafe.ReadUnaligned<ulong>(ref at),
    };

    private static void Write(ref byte at, int size, ulong value)
    {
        switch (size)
        {
            case 1:
                at = (byte)value;
                break;
            case 2:
                Unsafe.WriteUnaligned(ref at, (ushort)value);
                break;
            case 4:
                Unsafe.WriteUnaligned(ref at, (uint)value);
                break;
            default:
                Unsafe.WriteUnaligned(ref at, value);
                break;
        }
    }
}

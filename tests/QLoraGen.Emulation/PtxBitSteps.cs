using System.Numerics;

namespace QLoraGen.Emulation;

/// <summary>Instructions on single bits and bytes, and on predicates.</summary>
internal static class PtxBitSteps
{
    public static PtxStep? TryDecode(PtxDecoding decoding, PtxType type) => decoding.Name switch
    {
        "lop3" => Lookup(decoding, type),
        "prmt" => Permute(decoding, type),
        "shf" => FunnelShift(decoding, type),
        "bfe" => Extract(decoding, type),
        "bfi" => Insert(decoding, type),
        "popc" => Count(decoding, type, value => (uint)BitOperations.PopCount(value)),
        "clz" => Count(decoding, type, value => (uint)(BitOperations.LeadingZeroCount(value) - (64 - type.Bits))),
        "brev" => Reverse(decoding, type),
        _ => null,
    };

    public static PtxStep Predicate(PtxDecoding decoding, PtxType type)
    {
        if (decoding.Name == "not")
        {
            var (to, from) = (decoding.Destination(0), decoding.Source(1, type));
            return thread => thread.Set(to, thread.Get<ulong>(from) & 1 ^ 1);
        }
        return decoding.Name is "and" or "or" or "xor"
            ? PtxIntegerSteps<ulong>.Decode(decoding, type)!
            : throw new PtxFault($"'{decoding.Name}' has no form for predicates.");
    }

    /// <summary>Any function of three bits: the table's bit at (a, b, c) is the result.</summary>
    public static uint Lookup(uint a, uint b, uint c, uint table)
    {
        uint result = 0;
        for (int row = 0; row < 8; row++)
        {
            if ((table >> row & 1) != 0)
                result |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
        }
        return result;
    }

    /// <summary>Four bytes picked from the eight of b:a; a selector's high bit spreads the byte's sign instead.</summary>
    public static uint Permute(uint a, uint b, uint selectors)
    {
        ulong source = (ulong)b << 32 | a;
        uint result = 0;
        for (int i = 0; i < 4; i++)
        {
            uint selector = selectors >> (4 * i) & 0xF;
            uint picked = (uint)(source >> (int)(8 * (selector & 7))) & 0xFF;
            if ((selector & 8) != 0)
                picked = (picked & 0x80) != 0 ? 0xFFu : 0;
            result |= picked << (8 * i);
        }
        return result;
    }

    private static PtxStep Lookup(PtxDecoding decoding, PtxType type)
    {
        RequireWidth(type, 32);
        var (d, a, b, c) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, type));
        int table = decoding.Source(4, type);
        return thread => thread.Set(d, Lookup(thread.Get<uint>(a), thread.Get<uint>(b), thread.Get<uint>(c), thread.Get<uint>(table)));
    }

    private static PtxStep Permute(PtxDecoding decoding, PtxType type)
    {
        RequireWidth(type, 32);
        var (d, a, b, c) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, type));
        return thread => thread.Set(d, Permute(thread.Get<uint>(a), thread.Get<uint>(b), thread.Get<uint>(c)));
    }

    private static PtxStep FunnelShift(PtxDecoding decoding, PtxType type)
    {
        RequireWidth(type, 32);
        bool left = decoding.TakeOne("l", "r") == "l";
        bool clamp = decoding.TakeOne("clamp", "wrap") == "clamp";
        var (d, a, b, c) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type), decoding.Source(3, type));
        return thread =>
        {
            ulong pair = (ulong)thread.Get<uint>(b) << 32 | thread.Get<uint>(a);
            uint by = thread.Get<uint>(c);
            int shift = (int)(clamp ? Math.Min(by, 32) : by & 31);
            thread.Set(d, left ? (uint)(pair << shift >> 32) : (uint)(pair >> shift));
        };
    }

    private static PtxStep Extract(PtxDecoding decoding, PtxType type)
    {
        var word = PtxType.Of("u32");
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        var (position, length) = (decoding.Source(2, word), decoding.Source(3, word));
        return thread =>
        {
            int from = thread.Get<byte>(position);
            int count = thread.Get<byte>(length);
            ulong value = thread.Get<ulong>(a) & PtxType.Mask(type.Bits);
            ulong field = (from < 64 ? value >> from : 0) & PtxType.Mask(count);
            int signBit = Math.Min(from + count - 1, type.Bits - 1);
            if (type.IsSigned && count > 0 && (value >> signBit & 1) != 0)
                field |= ~PtxType.Mask(Math.Min(count, Math.Max(type.Bits - from, 0)));
            thread.Set(d, field & PtxType.Mask(type.Bits));
        };
    }

    private static PtxStep Insert(PtxDecoding decoding, PtxType type)
    {
        var word = PtxType.Of("u32");
        var (d, a, b) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, type));
        var (position, length) = (decoding.Source(3, word), decoding.Source(4, word));
        return thread =>
        {
            int from = thread.Get<byte>(position);
            ulong mask = from < type.Bits ? PtxType.Mask(thread.Get<byte>(length)) << from & PtxType.Mask(type.Bits) : 0;
            ulong inserted = from < type.Bits ? thread.Get<ulong>(a) << from : 0;
            thread.Set(d, inserted & mask | thread.Get<ulong>(b) & ~mask);
        };
    }

    private static PtxStep Count(PtxDecoding decoding, PtxType type, Func<ulong, uint> count)
    {
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        return thread => thread.Set(d, count(thread.Get<ulong>(a) & PtxType.Mask(type.Bits)));
    }

    private static PtxStep Reverse(PtxDecoding decoding, PtxType type)
    {
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        return thread =>
        {
            ulong value = thread.Get<ulong>(a);
            ulong reversed = 0;
            for (int bit = 0; bit < type.Bits; bit++)
                reversed |= (value >> bit & 1) << (type.Bits - 1 - bit);
            thread.Set(d, reversed);
        };
    }

    private static void RequireWidth(PtxType type, int bits)
    {
        if (type.Bits != bits)
            throw new PtxFault($"A type of {bits} bits is needed.");
    }
}

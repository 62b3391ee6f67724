using System.Numerics;

namespace QLoraGen.Emulation;

/// <summary>Instructions by which the lanes of a warp exchange words and predicates.</summary>
internal static class PtxWarpSteps
{
    private static readonly PtxType word = PtxType.Of("b32");

    /// <summary>bar.warp.sync orders the memory of its lanes.</summary>
    public static PtxCollective Synchronize(PtxDecoding decoding)
    {
        decoding.Require("warp");
        decoding.Require("sync");
        return new((warp, _) => warp.Epoch++, decoding.Source(0, word));
    }

    public static PtxCollective Shuffle(PtxDecoding decoding)
    {
        decoding.Require("sync");
        string mode = decoding.TakeOne("up", "down", "bfly", "idx");
        RequireWord(decoding.TakeType());
        var (d, valid) = decoding.Operand(0) is PairOperand pair
            ? (PtxDecoding.Register(pair.First).Slot, PtxDecoding.Register(pair.Second).Slot)
            : (decoding.Destination(0), -1);
        var (a, b, c, mask) = (decoding.Source(1, word), decoding.Source(2, word), decoding.Source(3, word), decoding.Source(4, word));
        return new((warp, lanes) =>
        {
            var values = new uint[PtxWarp.Lanes];
            foreach (var thread in Each(warp, lanes))
                values[thread.Lane] = thread.Get<uint>(a);
            foreach (var thread in Each(warp, lanes))
            {
                var (source, inRange) = ShuffleSource(mode, thread.Lane, thread.Get<int>(b), thread.Get<int>(c));
                bool takesPart = (lanes >> source & 1) != 0;
                thread.Set(d, takesPart ? values[source] : unchecked((uint)PtxFunction.Poison));
                if (valid >= 0)
                    thread.Set<ulong>(valid, inRange ? 1u : 0);
            }
        }, mask);
    }

    /// <summary>The lane that is read from: a segment's bounds come from c, whose bits 8 to 12 are the segment mask.</summary>
    private static (int Lane, bool InRange) ShuffleSource(string mode, int lane, int b, int c)
    {
        b &= 31;
        int segment = c >> 8 & 31;
        int least = lane & segment;
        int most = least | (c & 31 & ~segment);
        int source = mode switch
        {
            "up" => lane - b,
            "down" => lane + b,
            "bfly" => lane ^ b,
            _ => least | (b & ~segment),
        };
        bool inRange = mode == "up" ? source >= most : source <= most;
        return inRange ? (source, true) : (lane, false);
    }

    public static PtxCollective Vote(PtxDecoding decoding)
    {
        decoding.Require("sync");
        string mode = decoding.TakeOne("all", "any", "uni", "ballot");
        decoding.TakeType();
        var (d, source, mask) = (decoding.Destination(0), decoding.Predicate(1), decoding.Source(2, word));
        return new((warp, lanes) =>
        {
            uint set = 0;
            foreach (var thread in Each(warp, lanes))
                set |= source(thread) ? 1u << thread.Lane : 0;
            uint result = mode switch
            {
                "ballot" => set,
                "all" => set == lanes ? 1u : 0,
                "any" => set != 0 ? 1u : 0,
                _ => set == lanes || set == 0 ? 1u : 0,
            };
            foreach (var thread in Each(warp, lanes))
                thread.Set(d, result);
        }, mask);
    }

    public static PtxCollective Reduce(PtxDecoding decoding)
    {
        decoding.Require("sync");
        string operation = decoding.TakeOne("add", "min", "max", "and", "or", "xor");
        return decoding.TakeType().Name switch
        {
            "s32" => Reduce<int>(decoding, operation),
            "u32" or "b32" => Reduce<uint>(decoding, operation),
            _ => throw new PtxFault("'redux' reduces words of 32 bits."),
        };
    }

    public static PtxCollective Match(PtxDecoding decoding)
    {
        decoding.Require("any");
        decoding.Require("sync");
        var type = decoding.TakeType();
        var (d, a, mask) = (decoding.Destination(0), decoding.Source(1, type), decoding.Source(2, word));
        return new((warp, lanes) =>
        {
            var values = Each(warp, lanes).ToDictionary(thread => thread.Lane, thread => thread.Get<ulong>(a) & PtxType.Mask(type.Bits));
            foreach (var thread in Each(warp, lanes))
            {
                ulong own = values[thread.Lane];
                thread.Set(d, values.Where(value => value.Value == own).Aggregate(0u, (same, value) => same | 1u << value.Key));
            }
        }, mask);
    }

    /// <summary>The threads of a mask, in order.</summary>
    public static IEnumerable<PtxThread> Each(PtxWarp warp, uint lanes)
    {
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
            yield return warp.Threads[BitOperations.TrailingZeroCount(rest)];
    }

    private static PtxCollective Reduce<T>(PtxDecoding decoding, string operation) where T : unmanaged, IBinaryInteger<T>
    {
        var (d, a, mask) = (decoding.Destination(0), decoding.Source(1, word), decoding.Source(2, word));
        Func<T, T, T> combine = operation switch
        {
            "add" => (x, y) => unchecked(x + y),
            "min" => T.Min,
            "max" => T.Max,
            "and" => (x, y) => x & y,
            "or" => (x, y) => x | y,
            _ => (x, y) => x ^ y,
        };
        return new((warp, lanes) =>
        {
            var result = Each(warp, lanes).Select(thread => thread.Get<T>(a)).Aggregate(combine);
            foreach (var thread in Each(warp, lanes))
                thread.Set(d, result);
        }, mask);
    }

    private static void RequireWord(PtxType type)
    {
        if (type.Bits != 32)
            throw new PtxFault("A type of 32 bits is needed.");
    }
}

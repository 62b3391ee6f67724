namespace QLoraGen.Emulation;

/// <summary>mov in its three forms (copy, pack, unpack), and cvta between generic addresses and those of one memory.</summary>
internal static class PtxMoveSteps
{
    public static PtxStep Move(PtxDecoding decoding)
    {
        var type = decoding.TakeType();
        if (decoding.Statement.Operands is [_, GroupOperand sources])
            return Pack(decoding, type, sources.Items.Count);
        if (decoding.Statement.Operands is [GroupOperand destinations, _])
            return Unpack(decoding, type, destinations.Items);
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        ulong mask = PtxType.Mask(type.Bits);
        return thread => thread.Set(d, thread.Get<ulong>(a) & mask);
    }

    /// <summary>cvta makes a generic address, cvta.to takes one apart. Global memory has the same addresses in both.</summary>
    public static PtxStep ConvertAddress(PtxDecoding decoding)
    {
        bool fromGeneric = decoding.Take("to");
        ulong window = PtxAddresses.Window(PtxMemorySteps.TakeSpace(decoding));
        var type = decoding.TakeType();
        if (type.Bits != 64)
            throw new PtxFault("Generic addresses have 64 bits.");
        var (d, a) = (decoding.Destination(0), decoding.Source(1, type));
        return fromGeneric
            ? thread => thread.Set(d, thread.Get<ulong>(a) - window)
            : thread => thread.Set(d, thread.Get<ulong>(a) + window);
    }

    private static PtxStep Pack(PtxDecoding decoding, PtxType type, int count)
    {
        int bits = type.Bits / count;
        int d = decoding.Destination(0);
        int[] sources = decoding.Group(1, PtxType.Of($"b{bits}"), count);
        ulong mask = PtxType.Mask(bits);
        return thread =>
        {
            ulong packed = 0;
            for (int i = 0; i < sources.Length; i++)
                packed |= (thread.Get<ulong>(sources[i]) & mask) << (bits * i);
            thread.Set(d, packed);
        };
    }

    private static PtxStep Unpack(PtxDecoding decoding, PtxType type, IReadOnlyList<PtxOperand> items)
    {
        int bits = type.Bits / items.Count;
        int a = decoding.Source(1, type);
        decoding.Operand(0);
        int[] destinations = [.. items.Select(item => item is NameOperand { Name: "_" } ? -1 : PtxDecoding.Register(item).Slot)];
        ulong mask = PtxType.Mask(bits);
        return thread =>
        {
            ulong packed = thread.Get<ulong>(a);
            for (int i = 0; i < destinations.Length; i++)
            {
                if (destinations[i] >= 0)
                    thread.Set(destinations[i], packed >> (bits * i) & mask);
            }
        };
    }
}

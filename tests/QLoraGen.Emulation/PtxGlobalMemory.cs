namespace QLoraGen.Emulation;

/// <summary>Device memory: every buffer lies in a region of addresses of its own, so that a step beyond one never meets another.</summary>
internal sealed unsafe class PtxGlobalMemory
{
    public const int RegionBits = 34;

    private readonly List<byte[]> buffers = [];

    /// <summary>Whether other addresses are those of the process, unchecked; else they are faults.</summary>
    public bool SharesMemory { get; init; }

    public long Allocate(int bytes)
    {
        buffers.Add(new byte[bytes]);
        long address = (long)buffers.Count << RegionBits;
        return (ulong)address < PtxAddresses.LocalWindow ? address : throw new PtxFault("Too many buffers.");
    }

    public Span<byte> Span(long address) =>
        Buffer((ulong)address) is { } buffer && Offset((ulong)address) == 0
            ? buffer
            : throw new PtxFault($"No buffer begins at 0x{address:X}.");

    public ref byte At(ulong address, int bytes)
    {
        PtxAddresses.CheckAligned(PtxSpace.Global, address, bytes);
        ulong offset = Offset(address);
        if (Buffer(address) is not { } buffer)
        {
            if (SharesMemory)
            {
                return ref *(byte*)address;
            }
            throw new PtxFault($"The global address 0x{address:X} lies in no buffer.");
        }
        if (offset + (ulong)bytes > (ulong)buffer.Length)
        {
            string where = $"at offset {offset} are outside a buffer of {buffer.Length} bytes";
            throw new PtxFault($"{bytes} bytes {where} (global address 0x{address:X}).");
        }
        return ref buffer[offset];
    }

    private static ulong Offset(ulong address) => address & ((1UL << RegionBits) - 1);

    private byte[]? Buffer(ulong address)
    {
        ulong index = (address >> RegionBits) - 1;
        return index < (ulong)buffers.Count ? buffers[(int)index] : null;
    }
}

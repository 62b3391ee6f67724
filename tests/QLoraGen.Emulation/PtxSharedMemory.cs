namespace QLoraGen.Emulation;

internal enum PtxAccess { Read, Write, Atomic }

/// <summary>
/// The shared memory of a block, poisoned until it is written. A byte that one thread writes and another touches with no barrier between
/// is a race, and an error: on a device the outcome would depend on the schedule, and here one schedule alone is run.
/// </summary>
internal sealed class PtxSharedMemory
{
    private const int Nobody = -1;
    private const int Many = -2;

    private readonly byte[] bytes;
    private readonly Trace[]? traces;
    private int epoch = 1;

    public PtxSharedMemory(int length, bool detectRaces)
    {
        bytes = new byte[length];
        traces = detectRaces ? new Trace[length] : null;
        Poison(bytes);
    }

    public int Length => bytes.Length;

    public static void Poison(Span<byte> span)
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = (byte)(i % 2 == 0 ? 0xFF : 0x7F);
    }

    /// <summary>A barrier of the block: what was written before may be read from here on.</summary>
    public void Synchronize() => epoch++;

    public ref byte At(PtxThread thread, ulong address, int count, PtxAccess access)
    {
        ref byte first = ref PtxAddresses.At(bytes, PtxSpace.Shared, address, count);
        if (traces is not null && access != PtxAccess.Atomic)
        {
            for (int i = 0; i < count; i++)
                Watch(ref traces[(int)address + i], thread, (int)address + i, access);
        }
        return ref first;
    }

    private void Watch(ref Trace trace, PtxThread thread, int address, PtxAccess access)
    {
        if (trace.Epoch != epoch)
            trace = new() { Epoch = epoch, Writer = Nobody, Reader = Nobody, ReaderWarp = Nobody };
        int warp = thread.Index / PtxWarp.Lanes;
        if (trace.Writer != Nobody && trace.Writer != thread.Index && !Ordered(trace.Writer / PtxWarp.Lanes, trace.WriterWarpEpoch))
            throw Race(trace.Writer, "wrote");
        if (access == PtxAccess.Read)
        {
            bool first = trace.Reader == Nobody || Ordered(trace.ReaderWarp, trace.ReaderWarpEpoch);
            trace.Reader = first || trace.Reader == thread.Index ? thread.Index : Many;
            trace.ReaderWarp = first || trace.ReaderWarp == warp ? warp : Many;
            trace.ReaderWarpEpoch = thread.Warp.Epoch;
            return;
        }
        if (trace.Reader != Nobody && trace.Reader != thread.Index && !Ordered(trace.ReaderWarp, trace.ReaderWarpEpoch))
            throw Race(trace.Reader, "read");
        trace.Writer = thread.Index;
        trace.WriterWarpEpoch = thread.Warp.Epoch;

        bool Ordered(int otherWarp, int otherEpoch) => otherWarp == warp && otherEpoch < thread.Warp.Epoch;

        PtxFault Race(int other, string did)
        {
            string who = other == Many ? "several threads" : $"thread {other}";
            string does = access == PtxAccess.Read ? "reads" : "writes";
            return new($"Race in shared memory at byte {address}: {who} {did} it since the last barrier, and thread {thread.Index} now {does} it.");
        }
    }

    private struct Trace
    {
        public int Epoch;
        public int Writer;
        public int WriterWarpEpoch;
        public int Reader;
        public int ReaderWarp;
        public int ReaderWarpEpoch;
    }
}

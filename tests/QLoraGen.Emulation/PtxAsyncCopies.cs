using System.Runtime.InteropServices;

namespace QLoraGen.Emulation;

/// <summary>One cp.async: the bytes beyond <paramref name="SourceBytes"/> are filled with zeros.</summary>
internal readonly record struct PtxAsyncCopy(ulong Shared, ulong Global, int Bytes, int SourceBytes);

/// <summary>
/// The asynchronous copies of a thread. From its issue to the wait that covers it, the destination is poison: neither what was there
/// before nor what is to come may be relied on. So a missing wait, and a stage refilled while still in use, both show.
/// </summary>
internal sealed class PtxAsyncCopies
{
    private readonly Queue<List<PtxAsyncCopy>> groups = [];
    private List<PtxAsyncCopy> open = [];

    public void Issue(PtxThread thread, PtxAsyncCopy copy)
    {
        PtxAddresses.CheckAligned(PtxSpace.Global, copy.Global, copy.Bytes);
        if (copy.SourceBytes > 0)
        {
            thread.Block.Global.At(copy.Global, 1);
            thread.Block.Global.At(copy.Global + (ulong)copy.SourceBytes - 1, 1);
        }
        PtxSharedMemory.Poison(Destination(thread, copy));
        open.Add(copy);
    }

    public void Commit()
    {
        groups.Enqueue(open);
        open = [];
    }

    /// <summary>Lets all groups but the newest <paramref name="pending"/> land.</summary>
    public void Wait(PtxThread thread, int pending)
    {
        while (groups.Count > pending)
        {
            foreach (var copy in groups.Dequeue())
                Land(thread, copy);
        }
    }

    public void WaitAll(PtxThread thread)
    {
        Commit();
        Wait(thread, 0);
    }

    private static void Land(PtxThread thread, PtxAsyncCopy copy)
    {
        var destination = Destination(thread, copy);
        destination.Clear();
        for (int i = 0; i < copy.SourceBytes; i++)
            destination[i] = thread.Block.Global.At(copy.Global + (ulong)i, 1);
    }

    private static Span<byte> Destination(PtxThread thread, PtxAsyncCopy copy) =>
        MemoryMarshal.CreateSpan(ref thread.Block.Shared.At(thread, copy.Shared, copy.Bytes, PtxAccess.Write), copy.Bytes);
}

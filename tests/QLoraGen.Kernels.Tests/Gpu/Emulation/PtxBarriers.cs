namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

/// <summary>The 16 barriers of a block. Without a count, a barrier is for all threads that have not ended.</summary>
internal sealed class PtxBarriers(PtxBlock block)
{
    private readonly int[] arrived = new int[16];

    /// <summary>A bar.arrive counts the thread without making it wait.</summary>
    public void Arrive(int id) => arrived[id]++;

    public bool TryRelease()
    {
        bool released = false;
        var waiting = block.Threads.Where(thread => thread.State == PtxThreadState.AtBarrier);
        foreach (var group in waiting.GroupBy(Id).ToList())
            released |= TryRelease(group.Key, [.. group]);
        return released;
    }

    private static int Id(PtxThread thread)
    {
        int id = thread.Get<int>(thread.Current.Barrier!.IdSlot);
        return id is >= 0 and < 16 ? id : throw thread.Locate(new PtxFault($"There is no barrier {id}."), thread.Current);
    }

    private bool TryRelease(int id, PtxThread[] threads)
    {
        int needed = Needed(threads[0]);
        int present = threads.Length + arrived[id];
        if (present < needed)
            return false;
        foreach (var thread in threads)
            Check(thread, threads[0], present, needed);
        Reduce(threads);
        arrived[id] = 0;
        block.Shared.Synchronize();
        foreach (var thread in threads)
            thread.Resume();
        return true;
    }

    private int Needed(PtxThread thread)
    {
        int slot = thread.Current.Barrier!.CountSlot;
        return slot < 0 ? block.Threads.Count(other => other.State != PtxThreadState.Exited) : thread.Get<int>(slot);
    }

    /// <summary>The threads of a warp must be at one instruction: the aligned barriers ask for it.</summary>
    private void Check(PtxThread thread, PtxThread first, int present, int needed)
    {
        var instruction = thread.Current;
        if (Needed(thread) != needed || present > needed)
            throw thread.Locate(new PtxFault($"A barrier for {Needed(thread)} threads meets one for {needed} at {first.Current.Statement.Where}; {present} came."), instruction);
        var mate = thread.Warp.Threads.FirstOrDefault(other => other.State != PtxThreadState.Exited && other.Current != instruction);
        if (mate is not null)
            throw thread.Locate(new PtxFault($"A barrier splits a warp: thread {mate.Tid} is at {mate.Current.Statement.Where}."), instruction);
    }

    private static void Reduce(PtxThread[] threads)
    {
        var reducing = threads.Where(thread => thread.Current.Barrier!.Reduction is not null).ToArray();
        int set = reducing.Count(thread => thread.Current.Barrier!.Reduction!.Source(thread));
        foreach (var thread in reducing)
        {
            var reduction = thread.Current.Barrier!.Reduction!;
            thread.Set(reduction.Destination, reduction.Combine(set, reducing.Length));
        }
    }
}

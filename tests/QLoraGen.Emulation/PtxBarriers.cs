namespace QLoraGen.Emulation;

/// <summary>The 16 barriers of a block. Without a count, a barrier is for all threads that have not ended.</summary>
internal sealed class PtxBarriers(PtxBlock block)
{
    private readonly int[] arrived = new int[16];

    /// <summary>A bar.arrive counts the thread without making it wait.</summary>
    public void Arrive(int id) => arrived[id]++;

    public bool TryRelease()
    {
        var waiting = new List<PtxThread>?[arrived.Length];
        int live = 0;
        foreach (var warp in block.Warps)
        {
            foreach (var thread in warp.Threads)
            {
                live += thread.State == PtxThreadState.Exited ? 0 : 1;
                if (thread.State == PtxThreadState.AtBarrier)
                    (waiting[Id(thread)] ??= []).Add(thread);
            }
        }
        bool released = false;
        for (int id = 0; id < waiting.Length; id++)
            released |= waiting[id] is { } threads && TryRelease(id, threads, live);
        return released;
    }

    private static int Id(PtxThread thread)
    {
        int id = thread.Get<int>(thread.Current.Barrier!.IdSlot);
        return id is >= 0 and < 16 ? id : throw thread.Locate(new PtxFault($"There is no barrier {id}."), thread.Current);
    }

    private bool TryRelease(int id, List<PtxThread> threads, int live)
    {
        int needed = Needed(threads[0], live);
        int present = threads.Count + arrived[id];
        if (present < needed)
            return false;
        PtxWarp? checkedWarp = null;
        foreach (var thread in threads)
        {
            if (present > needed || Needed(thread, live) != needed)
            {
                var fault = new PtxFault($"A barrier for {needed} threads is met by {present}, one of them for {Needed(thread, live)}.");
                throw thread.Locate(fault, thread.Current);
            }
            if (thread.Warp != checkedWarp)
                CheckWhole(checkedWarp = thread.Warp, thread);
        }
        Reduce(threads);
        arrived[id] = 0;
        block.Shared.Synchronize();
        foreach (var thread in threads)
            thread.Resume();
        return true;
    }

    private static int Needed(PtxThread thread, int live)
    {
        int slot = thread.Current.Barrier!.CountSlot;
        return slot < 0 ? live : thread.Get<int>(slot);
    }

    /// <summary>The threads of a warp must be at one instruction: the aligned barriers ask for it.</summary>
    private static void CheckWhole(PtxWarp warp, PtxThread thread)
    {
        foreach (var mate in warp.Threads)
        {
            if (mate.State == PtxThreadState.Exited || mate.Current == thread.Current)
                continue;
            var fault = new PtxFault($"A barrier splits a warp: thread {mate.Tid} is at {mate.Current.Statement.Where}.");
            throw thread.Locate(fault, thread.Current);
        }
    }

    private static void Reduce(List<PtxThread> threads)
    {
        var reducing = threads.FindAll(thread => thread.Current.Barrier!.Reduction is not null);
        int set = reducing.Count(thread => thread.Current.Barrier!.Reduction!.Source(thread));
        foreach (var thread in reducing)
        {
            var reduction = thread.Current.Barrier!.Reduction!;
            thread.Set(reduction.Destination, reduction.Combine(set, reducing.Count));
        }
    }
}

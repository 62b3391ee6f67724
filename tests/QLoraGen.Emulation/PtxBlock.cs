namespace QLoraGen.Emulation;

/// <summary>A size or a place in three dimensions.</summary>
internal readonly record struct PtxDim(int X, int Y = 1, int Z = 1)
{
    public int Count => X * Y * Z;

    public static implicit operator PtxDim(int x) => new(x);

    public override string ToString() => $"({X}, {Y}, {Z})";
}

/// <summary>What is the same for all blocks of a launch.</summary>
internal sealed record PtxLaunch(
    PtxMachine Machine, PtxModule Module, PtxFunction Entry, PtxDim Grid, PtxDim Size, int DynamicSharedBytes, byte[] Arguments);

/// <summary>A block of threads with its shared memory. Warps take turns; when none can go on and not all have ended, it is a deadlock.</summary>
internal sealed class PtxBlock
{
    private readonly PtxLaunch launch;

    public PtxBlock(PtxLaunch launch, PtxDim id)
    {
        this.launch = launch;
        Id = id;
        int bytes = launch.Module.SharedBytes;
        if (launch.DynamicSharedBytes > 0)
            bytes = launch.Module.DynamicSharedOffset + launch.DynamicSharedBytes;
        Shared = new(bytes, launch.Machine.DetectRaces);
        Barriers = new(this);
        int warps = (Size.Count + PtxWarp.Lanes - 1) / PtxWarp.Lanes;
        Warps = new PtxWarp[warps];
        for (int warp = 0; warp < warps; warp++)
            Warps[warp] = new(this, warp, launch.Arguments);
    }

    public PtxDim Id { get; }

    public PtxDim Grid => launch.Grid;

    public PtxDim Size => launch.Size;

    public PtxFunction Entry => launch.Entry;

    public int DynamicSharedBytes => launch.DynamicSharedBytes;

    public long InstructionLimit => launch.Machine.InstructionLimit;

    public PtxGlobalMemory Global => launch.Machine.Memory;

    public PtxSharedMemory Shared { get; }

    public PtxBarriers Barriers { get; }

    public PtxWarp[] Warps { get; }

    public IEnumerable<PtxThread> Threads => Warps.SelectMany(warp => warp.Threads);

    /// <summary>Runs the block to its end; gives the number of instructions that its threads executed.</summary>
    public long Run()
    {
        while (true)
        {
            bool progress = false;
            foreach (var warp in Warps)
                progress |= warp.Run();
            progress |= Barriers.TryRelease();
            if (!progress)
                break;
        }
        if (Threads.Any(thread => thread.State != PtxThreadState.Exited))
            throw Deadlock();
        return Threads.Sum(thread => thread.Executed);
    }

    private PtxFault Deadlock()
    {
        var waiting = Threads.Where(thread => thread.State != PtxThreadState.Exited)
            .GroupBy(thread => (Warp: thread.Index / PtxWarp.Lanes, thread.Current))
            .Select(group =>
                $"warp {group.Key.Warp}, {group.Count()} threads (first: {group.First().Tid}) at {group.Key.Current.Statement.Where}");
        int exited = Threads.Count(thread => thread.State == PtxThreadState.Exited);
        string where = string.Join("\n  ", waiting);
        return new($"Deadlock in block {Id}: {exited} threads have ended, others wait for each other:\n  {where}") { IsLocated = true };
    }
}

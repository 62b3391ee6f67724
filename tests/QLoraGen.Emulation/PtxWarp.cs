namespace QLoraGen.Emulation;

/// <summary>32 threads. Each runs by itself; an instruction of the warp is executed once all its lanes have come to it.</summary>
internal sealed class PtxWarp
{
    public const int Lanes = 32;

    public PtxWarp(PtxBlock block, int index, byte[] arguments)
    {
        Block = block;
        int first = index * Lanes;
        int count = Math.Min(Lanes, block.Size.Count - first);
        Threads = [.. Enumerable.Range(first, count).Select(thread => new PtxThread(this, thread, arguments))];
    }

    public PtxBlock Block { get; }

    public PtxThread[] Threads { get; }

    /// <summary>How often the warp has synchronized its memory; what one lane wrote before may then be read by another.</summary>
    public int Epoch { get; set; }

    /// <summary>The lanes that have ended, and those that a last, partial warp never had.</summary>
    public uint Exited
    {
        get
        {
            uint exited = Threads.Length == Lanes ? 0 : uint.MaxValue << Threads.Length;
            foreach (var thread in Threads)
            {
                if (thread.State == PtxThreadState.Exited)
                    exited |= 1u << thread.Lane;
            }
            return exited;
        }
    }

    /// <summary>Runs until every thread waits for other warps, for lanes that do not come, or has ended. False if none could run.</summary>
    public bool Run()
    {
        bool progress = false;
        do
        {
            foreach (var thread in Threads)
            {
                if (thread.State != PtxThreadState.Running)
                    continue;
                thread.Run();
                progress = true;
            }
        }
        while (TryCollective());
        return progress;
    }

    private bool TryCollective()
    {
        foreach (var thread in Threads)
        {
            if (thread.State != PtxThreadState.AtCollective)
                continue;
            var instruction = thread.Current;
            try
            {
                uint lanes = instruction.Collective!.Lanes(thread);
                if (!AllWaitAt(instruction, lanes))
                    continue;
                instruction.Collective.Step(this, lanes);
                for (uint rest = lanes; rest != 0; rest &= rest - 1)
                    Threads[int.TrailingZeroCount((int)rest)].Resume();
                return true;
            }
            catch (Exception fault) when (fault is not PtxFault { IsLocated: true })
            {
                throw thread.Locate(fault, instruction);
            }
        }
        return false;
    }

    private bool AllWaitAt(PtxInstruction instruction, uint lanes)
    {
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (lane >= Threads.Length || Threads[lane] is not { State: PtxThreadState.AtCollective } thread
                || thread.Current != instruction || instruction.Collective!.Lanes(thread) != lanes)
                return false;
        }
        return true;
    }
}

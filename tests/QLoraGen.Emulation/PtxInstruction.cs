namespace QLoraGen.Emulation;

/// <summary>What one thread does at an instruction; it may change where the thread goes on.</summary>
internal delegate void PtxStep(PtxThread thread);

/// <summary>What the lanes in the mask do together.</summary>
internal delegate void PtxWarpStep(PtxWarp warp, uint lanes);

/// <summary>An instruction decoded once: executing it is one call.</summary>
internal sealed class PtxInstruction(PtxStatement statement)
{
    public PtxStatement Statement => statement;

    /// <summary>The slot of the predicate that guards it; -1 where there is none.</summary>
    public int Guard { get; init; } = -1;

    public bool GuardNegated { get; init; }

    /// <summary>Null where the thread must wait for others.</summary>
    public PtxStep? Step { get; init; }

    public PtxCollective? Collective { get; init; }

    public PtxBarrierWait? Barrier { get; init; }
}

/// <summary>An instruction of a warp: the lanes that take part are all 32, or those of the mask that each of them gives.</summary>
internal sealed record PtxCollective(PtxWarpStep Step, int MaskSlot = -1)
{
    public uint Lanes(PtxThread thread)
    {
        if (MaskSlot < 0)
            return uint.MaxValue;
        uint mask = thread.Get<uint>(MaskSlot);
        if ((mask >> thread.Lane & 1) == 0)
            throw new PtxFault($"The mask 0x{mask:X8} leaves out lane {thread.Lane}, which executes the instruction.");
        return mask & ~thread.Warp.Exited;
    }
}

/// <summary>A barrier of the block: its number, how many threads it is for (-1: all that still run), and what it reduces.</summary>
internal sealed record PtxBarrierWait(int IdSlot, int CountSlot, PtxBarrierReduction? Reduction);

/// <summary>The predicates of all threads of a barrier and what each gets of them.</summary>
internal sealed record PtxBarrierReduction(Func<PtxThread, bool> Source, Func<int, int, ulong> Combine, int Destination);

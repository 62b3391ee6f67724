namespace QLoraGen.Emulation;

/// <summary>Branches and ends. Each thread branches for itself, so .uni, which promises the device that all go one way, changes nothing.</summary>
internal static class PtxControlSteps
{
    public static PtxStep Branch(PtxDecoding decoding)
    {
        decoding.Allow("uni");
        int target = decoding.Operand(0) is NameOperand { Name: var label }
            ? decoding.Statement.Scope.FindLabel(label)
            : throw new PtxFault("A label is needed.");
        return thread => thread.Pc = target;
    }

    public static PtxStep BranchIndexed(PtxDecoding decoding)
    {
        decoding.Require("idx");
        decoding.Allow("uni");
        int index = decoding.Source(0, PtxType.Of("u32"));
        if (decoding.Operand(1) is not NameOperand { Name: var list })
            throw new PtxFault("A list of branch targets is needed.");
        var scope = decoding.Statement.Scope;
        int[] targets = [.. scope.FindTargets(list).Select(scope.FindLabel)];
        return thread =>
        {
            uint chosen = thread.Get<uint>(index);
            thread.Pc = chosen < targets.Length
                ? targets[chosen]
                : throw new PtxFault($"The index {chosen} is beyond the {targets.Length} branch targets.");
        };
    }

    public static PtxStep Return(PtxDecoding decoding)
    {
        decoding.Allow("uni");
        return thread => thread.Return();
    }

    public static PtxStep Exit(PtxDecoding decoding) => thread => thread.Exit();

    public static PtxStep Trap(PtxDecoding decoding) => _ => throw new PtxFault("The kernel trapped.");

    /// <summary>Every access is done in order here, so that a fence has nothing to do.</summary>
    public static PtxStep Fence(PtxDecoding decoding)
    {
        decoding.Allow("cta", "gl", "sys", "gpu", "cluster", "sc", "acq_rel", "acquire", "release", "proxy", "async", "alias");
        return _ => { };
    }

    public static PtxStep Sleep(PtxDecoding decoding)
    {
        decoding.Source(0, decoding.TakeType());
        return _ => { };
    }
}

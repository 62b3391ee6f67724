namespace QLoraGen.Emulation;

/// <summary>Turns statements into instructions. Which family knows an opcode stands in one table.</summary>
internal static class PtxDecoder
{
    private static readonly Dictionary<string, Func<PtxDecoding, PtxStep>> steps = new()
    {
        ["mov"] = PtxMoveSteps.Move,
        ["cvta"] = PtxMoveSteps.ConvertAddress,
        ["selp"] = PtxCompareSteps.Select,
        ["slct"] = PtxCompareSteps.SelectBySign,
        ["setp"] = PtxCompareSteps.SetPredicate,
        ["set"] = PtxCompareSteps.Set,
        ["testp"] = PtxTestSteps.Test,
        ["cvt"] = PtxConvertSteps.Convert,
        ["ld"] = PtxMemorySteps.Load,
        ["ldu"] = PtxMemorySteps.Load,
        ["st"] = PtxMemorySteps.Store,
        ["atom"] = PtxAtomicSteps.Atomic,
        ["red"] = PtxAtomicSteps.Atomic,
        ["cp"] = PtxAsyncSteps.Copy,
        ["bra"] = PtxControlSteps.Branch,
        ["brx"] = PtxControlSteps.BranchIndexed,
        ["call"] = PtxCallSteps.Call,
        ["ret"] = PtxControlSteps.Return,
        ["exit"] = PtxControlSteps.Exit,
        ["trap"] = PtxControlSteps.Trap,
        ["membar"] = PtxControlSteps.Fence,
        ["fence"] = PtxControlSteps.Fence,
        ["prefetch"] = PtxMemorySteps.Prefetch,
        ["nanosleep"] = PtxControlSteps.Sleep,
    };

    private static readonly Dictionary<string, Func<PtxDecoding, PtxCollective>> collectives = new()
    {
        ["shfl"] = PtxWarpSteps.Shuffle,
        ["vote"] = PtxWarpSteps.Vote,
        ["redux"] = PtxWarpSteps.Reduce,
        ["match"] = PtxWarpSteps.Match,
        ["ldmatrix"] = PtxMatrixSteps.Load,
        ["mma"] = PtxMatrixSteps.MultiplyAdd,
    };

    /// <summary>Decodes all statements of a function once.</summary>
    public static void Decode(PtxModule module, PtxFunction function)
    {
        function.Code = [.. function.Statements.Select(statement =>
        {
            try
            {
                return Decode(new PtxDecoding(module, function, statement));
            }
            catch (PtxFault fault)
            {
                throw new PtxFault($"{fault.Message} ({statement.Where})", fault);
            }
        })];
    }

    private static PtxInstruction Decode(PtxDecoding decoding)
    {
        var statement = decoding.Statement;
        PtxStep? step = null;
        PtxCollective? collective = null;
        PtxBarrierWait? barrier = null;
        if (statement.Opcode is "bar.warp.sync")
            collective = PtxWarpSteps.Synchronize(decoding);
        else if (decoding.Name is "bar" or "barrier")
            (step, barrier) = PtxBarrierSteps.Decode(decoding);
        else if (collectives.TryGetValue(decoding.Name, out var decodeCollective))
            collective = decodeCollective(decoding);
        else
            step = DecodeStep(decoding);
        decoding.Finish();

        if (statement.Guard is { Register.Type.Kind: not 'p' })
            throw new PtxFault("The guard is no predicate.");
        return new(statement)
        {
            Guard = statement.Guard?.Register.Slot ?? -1,
            GuardNegated = statement.Guard?.Negated ?? false,
            Step = step,
            Collective = collective,
            Barrier = barrier,
        };
    }

    private static PtxStep DecodeStep(PtxDecoding decoding) =>
        (steps.TryGetValue(decoding.Name, out var decode) ? decode(decoding) : PtxArithmeticSteps.TryDecode(decoding))
        ?? throw new PtxFault($"The instruction '{decoding.Statement.Opcode}' is not known.");
}

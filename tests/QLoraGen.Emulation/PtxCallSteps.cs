namespace QLoraGen.Emulation;

/// <summary>Calls: arguments and results are variables in the .param memory of the caller, copied in and out.</summary>
internal static class PtxCallSteps
{
    public static PtxStep Call(PtxDecoding decoding)
    {
        decoding.Allow("uni");
        var operands = decoding.Statement.Operands;
        for (int i = 0; i < operands.Count; i++)
            decoding.Operand(i);
        if (operands.OfType<NameOperand>().FirstOrDefault() is not { Name: var name }
            || !decoding.Module.Functions.TryGetValue(name, out var callee))
            throw new PtxFault("The function that is called is not defined.");
        bool hasResults = operands[0] is GroupOperand;
        PtxVariable[] arguments = operands.Count > (hasResults ? 2 : 1) ? Variables(operands[^1]) : [];
        Require(arguments, callee.Parameters);
        Require(hasResults ? Variables(operands[0]) : [], callee.Results);
        return thread =>
        {
            byte[] packed = new byte[callee.ParamBytes];
            foreach (var (argument, parameter) in arguments.Zip(callee.Parameters))
                Copy(thread.Params, argument, packed, parameter);
            thread.Call(callee, packed);
        };
    }

    public static void CopyResults(PtxFunction callee, byte[] from, PtxStatement call, byte[] to)
    {
        if (callee.Results.Count == 0)
            return;
        foreach (var (result, variable) in callee.Results.Zip(Variables(call.Operands[0])))
            Copy(from, result, to, variable);
    }

    private static void Copy(byte[] from, PtxVariable source, byte[] to, PtxVariable target) =>
        from.AsSpan((int)source.Offset, source.Bytes).CopyTo(to.AsSpan((int)target.Offset));

    private static PtxVariable[] Variables(PtxOperand operand) =>
        [.. ((GroupOperand)operand).Items.Select(item => item is VariableOperand { Variable: { Space: PtxSpace.Param } variable }
            ? variable
            : throw new PtxFault($"{item} is no .param variable."))];

    private static void Require(PtxVariable[] given, List<PtxVariable> declared)
    {
        if (!given.Select(variable => variable.Bytes).SequenceEqual(declared.Select(variable => variable.Bytes)))
            throw new PtxFault("The call does not fit the function's parameters.");
    }
}

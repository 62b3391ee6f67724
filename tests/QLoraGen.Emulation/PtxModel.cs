namespace QLoraGen.Emulation;

internal enum PtxSpace { Generic, Global, Const, Shared, Local, Param }

/// <summary>A register and where the threads keep it. A special register is one too: it is filled when a thread starts.</summary>
internal sealed record PtxRegister(string Name, PtxType Type, int Slot);

/// <summary>A variable in one of the memories, with its offset there; global and constant ones get their address when loaded.</summary>
internal sealed record PtxVariable(string Name, PtxSpace Space, PtxType Type, int Align, int Bytes)
{
    public long Offset { get; set; }

    /// <summary>Shared memory whose size the launch decides: it begins where the static one ends.</summary>
    public bool IsDynamic { get; init; }

    public byte[]? Initial { get; set; }
}

internal abstract record PtxOperand;

internal sealed record RegisterOperand(PtxRegister Register, bool Negated = false) : PtxOperand;

internal sealed record ImmediateOperand(string Text) : PtxOperand;

internal sealed record VariableOperand(PtxVariable Variable) : PtxOperand;

/// <summary>A label or a function: what can be named before it is declared.</summary>
internal sealed record NameOperand(string Name) : PtxOperand;

internal sealed record GroupOperand(IReadOnlyList<PtxOperand> Items) : PtxOperand;

internal sealed record AddressOperand(PtxOperand Base, long Offset) : PtxOperand;

/// <summary>d|p: a result and the predicate that comes with it.</summary>
internal sealed record PairOperand(PtxOperand First, PtxOperand Second) : PtxOperand;

/// <summary>One instruction as written, with the names in it resolved.</summary>
internal sealed record PtxStatement(
    string Opcode, IReadOnlyList<PtxOperand> Operands, RegisterOperand? Guard, PtxScope Scope, int Line, string Text)
{
    public string Where => $"line {Line}: {Text}";
}

/// <summary>What a text declares: its functions and its variables, and how much static shared memory they take.</summary>
internal sealed class PtxModule
{
    public Dictionary<string, PtxFunction> Functions { get; } = [];

    public List<PtxVariable> Variables { get; } = [];

    public int SharedBytes { get; set; }

    /// <summary>Where dynamic shared memory begins.</summary>
    public int DynamicSharedOffset => (SharedBytes + 15) & ~15;

    /// <summary>Places a shared variable behind those before it.</summary>
    public void PlaceShared(PtxVariable variable)
    {
        if (variable.IsDynamic)
            return;
        variable.Offset = (SharedBytes + variable.Align - 1) / variable.Align * variable.Align;
        SharedBytes = (int)variable.Offset + variable.Bytes;
    }
}

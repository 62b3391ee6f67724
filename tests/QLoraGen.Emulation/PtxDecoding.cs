namespace QLoraGen.Emulation;

/// <summary>
/// One statement being decoded. Every modifier and operand is taken by what understands it, and what is left over is an error: so no part
/// of an instruction is passed over in silence.
/// </summary>
internal sealed class PtxDecoding
{
    private readonly List<string> modifiers;
    private readonly bool[] taken;

    public PtxDecoding(PtxModule module, PtxFunction function, PtxStatement statement)
    {
        (Module, Function, Statement) = (module, function, statement);
        string[] words = statement.Opcode.Split('.');
        Name = words[0];
        modifiers = [.. words[1..]];
        taken = new bool[statement.Operands.Count];
    }

    public PtxModule Module { get; }

    public PtxFunction Function { get; }

    public PtxStatement Statement { get; }

    /// <summary>The opcode's first word.</summary>
    public string Name { get; }

    public int Count => taken.Length;

    public bool Take(string modifier) => modifiers.Remove(modifier);

    /// <summary>Takes whichever of the modifiers are there.</summary>
    public void Allow(params ReadOnlySpan<string> known)
    {
        foreach (string modifier in known)
            modifiers.Remove(modifier);
    }

    public void Require(string modifier)
    {
        if (!Take(modifier))
            throw new PtxFault($"'.{modifier}' is needed.");
    }

    public string? TakeAny(params ReadOnlySpan<string> known)
    {
        foreach (string modifier in known)
        {
            if (Take(modifier))
                return modifier;
        }
        return null;
    }

    public string TakeOne(params ReadOnlySpan<string> known) =>
        TakeAny(known) ?? throw new PtxFault($"One of {string.Join(", ", known.ToArray())} is needed.");

    /// <summary>The first type among the modifiers that are left.</summary>
    public PtxType TakeType()
    {
        foreach (string modifier in modifiers)
        {
            if (!PtxType.TryParse(modifier, out var type))
                continue;
            modifiers.Remove(modifier);
            return type;
        }
        throw new PtxFault("A type is needed.");
    }

    /// <summary>Hints to caches: L1::…, L2::…; they change no result.</summary>
    public bool TakeCacheHints() => modifiers.RemoveAll(modifier => modifier.StartsWith("L1::") || modifier.StartsWith("L2::")) > 0;

    public PtxOperand Operand(int index)
    {
        if (index >= taken.Length)
            throw new PtxFault($"Operand {index + 1} is missing.");
        taken[index] = true;
        return Statement.Operands[index];
    }

    public PtxRegister Register(int index) => Register(Operand(index));

    public int Destination(int index) => Register(index).Slot;

    /// <summary>The slot that holds a source: a register, or a constant among the registers.</summary>
    public int Source(int index, PtxType type) => Source(Operand(index), type);

    public int Source(PtxOperand operand, PtxType type) => operand switch
    {
        RegisterOperand { Negated: false } register => register.Register.Slot,
        ImmediateOperand immediate => Function.Constant(PtxLiteral.Parse(immediate.Text, type)),
        VariableOperand { Variable: var variable } => AddressOf(variable),
        _ => throw new PtxFault($"{operand} is no source."),
    };

    /// <summary>A predicate source, which alone may be negated.</summary>
    public Func<PtxThread, bool> Predicate(int index)
    {
        if (Operand(index) is not RegisterOperand { Register: { Type.Kind: 'p', Slot: var slot } } operand)
            throw new PtxFault($"Operand {index + 1} is no predicate.");
        return operand.Negated ? thread => (thread.Get<ulong>(slot) & 1) == 0 : thread => (thread.Get<ulong>(slot) & 1) != 0;
    }

    /// <summary>The registers of {a, b, …}, or the one register that stands alone.</summary>
    public int[] Group(int index, PtxType type, int count)
    {
        var operand = Operand(index);
        IReadOnlyList<PtxOperand> items = operand is GroupOperand group ? group.Items : [operand];
        return items.Count == count
            ? [.. items.Select(item => Source(item, type))]
            : throw new PtxFault($"Operand {index + 1} has {items.Count} elements instead of {count}.");
    }

    /// <summary>A function that computes an address [register + offset] in a space.</summary>
    public Func<PtxThread, ulong> Address(int index)
    {
        if (Operand(index) is not AddressOperand { Base: var origin, Offset: var offset })
            throw new PtxFault($"Operand {index + 1} is no address.");
        if (origin is VariableOperand { Variable: { Space: PtxSpace.Param } param })
        {
            ulong fixedOffset = (ulong)(param.Offset + offset);
            return _ => fixedOffset;
        }
        int slot = Source(origin, PtxType.Of("u64"));
        if (origin is RegisterOperand { Register.Type.Bits: 32 })
            return thread => thread.Get<uint>(slot) + (uint)offset;
        return thread => thread.Get<ulong>(slot) + (ulong)offset;
    }

    public static PtxRegister Register(PtxOperand operand) =>
        operand is RegisterOperand { Negated: false } register ? register.Register : throw new PtxFault($"{operand} is no register.");

    /// <summary>Checks that nothing of the statement is left.</summary>
    public void Finish()
    {
        if (modifiers.Count > 0)
            throw new PtxFault($"'.{modifiers[0]}' is not known for '{Name}'.");
        int left = Array.IndexOf(taken, false);
        if (left >= 0)
            throw new PtxFault($"Operand {left + 1} is not expected.");
    }

    private int AddressOf(PtxVariable variable) => variable.Space switch
    {
        PtxSpace.Local => Function.LocalAddress(variable),
        PtxSpace.Param => throw new PtxFault($"The address of the parameter '{variable.Name}' is not to be had."),
        _ => Function.Constant((ulong)(variable.IsDynamic ? Module.DynamicSharedOffset : variable.Offset)),
    };
}

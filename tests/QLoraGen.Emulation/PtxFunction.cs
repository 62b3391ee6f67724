namespace QLoraGen.Emulation;

/// <summary>A kernel or a function: its parameters, its statements, and the layout of the registers that a call of it needs.</summary>
internal sealed class PtxFunction(string name, bool isEntry)
{
    /// <summary>What registers and shared memory hold before they are written: NaN as f16, bf16, f32 and f64, and no valid address.</summary>
    public const ulong Poison = 0x7FFF_7FFF_7FFF_7FFF;

    private readonly Dictionary<(string, ulong), int> constants = [];
    private readonly Dictionary<string, PtxRegister> specials = [];
    private readonly List<(int Slot, long Offset)> localAddresses = [];
    private ulong[]? template;

    public string Name => name;

    public bool IsEntry => isEntry;

    public List<PtxVariable> Parameters { get; } = [];

    public List<PtxVariable> Results { get; } = [];

    public List<PtxStatement> Statements { get; } = [];

    public PtxInstruction[] Code { get; set; } = [];

    public int Slots { get; private set; }

    public int LocalBytes { get; private set; }

    public int ParamBytes { get; private set; }

    /// <summary>The product of .maxntid or .reqntid; a launch with more threads fails on a device too.</summary>
    public int MaxThreads { get; set; } = 1024;

    public PtxRegister AddRegister(string register, PtxType type) => new(register, type, Slots++);

    public PtxRegister? Special(string register)
    {
        if (!specials.TryGetValue(register, out var found) && PtxSpecials.Has(register))
            specials.Add(register, found = AddRegister(register, PtxType.Of("u32")));
        return found;
    }

    /// <summary>The slot of an immediate: it lies among the registers, so that an instruction reads all its sources alike.</summary>
    public int Constant(ulong value) => Constant("", value);

    public int LocalAddress(PtxVariable variable)
    {
        int slot = Constant("local", (ulong)variable.Offset);
        if (localAddresses.All(known => known.Slot != slot))
            localAddresses.Add((slot, variable.Offset));
        return slot;
    }

    public void Place(PtxVariable variable)
    {
        int end = variable.Space == PtxSpace.Local ? LocalBytes : ParamBytes;
        variable.Offset = (end + variable.Align - 1) / variable.Align * variable.Align;
        end = (int)variable.Offset + variable.Bytes;
        if (variable.Space == PtxSpace.Local)
            LocalBytes = end;
        else
            ParamBytes = end;
    }

    /// <summary>The registers of a new call: constants and special registers are set, all else is poison.</summary>
    public ulong[] CreateRegisters(PtxThread thread, int localBase)
    {
        if (template is null)
        {
            template = new ulong[Slots];
            Array.Fill(template, Poison);
            foreach (var ((_, value), slot) in constants)
                template[slot] = value;
        }
        ulong[] registers = (ulong[])template.Clone();
        foreach (var register in specials.Values)
            registers[register.Slot] = PtxSpecials.Value(register.Name, thread);
        foreach (var (slot, offset) in localAddresses)
            registers[slot] = (ulong)(localBase + offset);
        return registers;
    }

    private int Constant(string kind, ulong value)
    {
        if (!constants.TryGetValue((kind, value), out int slot))
            constants.Add((kind, value), slot = Slots++);
        return slot;
    }
}

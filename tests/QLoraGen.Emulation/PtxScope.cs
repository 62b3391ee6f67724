namespace QLoraGen.Emulation;

/// <summary>The names between two braces; those outside are seen from within. Inline PTX relies on it for its temporaries.</summary>
internal sealed class PtxScope(PtxScope? parent)
{
    private readonly Dictionary<string, PtxOperand> names = [];
    private readonly Dictionary<string, int> labels = [];
    private readonly Dictionary<string, string[]> branchTargets = [];

    public PtxScope? Parent => parent;

    public void Declare(string name, PtxOperand operand)
    {
        if (!names.TryAdd(name, operand))
            throw new PtxFault($"'{name}' is declared twice in one scope.");
    }

    public void Label(string name, int statement)
    {
        if (!labels.TryAdd(name, statement))
            throw new PtxFault($"The label '{name}' is declared twice in one scope.");
    }

    public void Targets(string label, string[] targets) => branchTargets.Add(label, targets);

    public PtxOperand? Find(string name) => names.TryGetValue(name, out var found) ? found : parent?.Find(name);

    public int FindLabel(string name) =>
        labels.TryGetValue(name, out int found) ? found
        : parent?.FindLabel(name) ?? throw new PtxFault($"There is no label '{name}'.");

    public string[] FindTargets(string label) =>
        branchTargets.TryGetValue(label, out var found) ? found
        : parent?.FindTargets(label) ?? throw new PtxFault($"There is no list of branch targets '{label}'.");
}

namespace QLoraGen.Templates;

/// <summary>The variable `loop` of a loop.</summary>
/// <param name="items">What it goes over.</param>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    private object? last;
    private bool asked;

    /// <summary>The turn, counted from 0.</summary>
    public int Index { get; set; }

    /// <summary>A member of `loop`; false where there is none of this name.</summary>
    public bool TryFind(string name, out object? value)
    {
        value = name is "previtem" or "nextitem" ? Neighbour(name == "previtem" ? Index - 1 : Index + 1) : Find(name);
        return value is not null || name is "previtem" or "nextitem";
    }

    private object? Find(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => 1L, // only a recursive loop goes deeper
        "depth0" => 0L,
        "cycle" => new Callable(name, (_, call) => call.Positional.Count > 0
            ? call.Positional[Index % call.Positional.Count]
            : throw new TemplateFault("cycle needs something to choose from")),
        "changed" => new Callable(name, (_, call) => Changed(new TemplateList(call.Positional))),
        _ => null,
    };

    private object? Neighbour(int at) =>
        at >= 0 && at < items.Count ? items[at] : new Undefined($"the loop has no item {(at < 0 ? "before the first" : "after the last")}");

    private bool Changed(TemplateList values)
    {
        bool changed = !asked || !Value.AreEqual(last, values);
        (asked, last) = (true, values);
        return changed;
    }
}

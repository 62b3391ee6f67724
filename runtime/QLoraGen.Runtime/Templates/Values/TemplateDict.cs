namespace QLoraGen.Templates;

/// <summary>A dictionary in the order of insertion. Keys are texts, numbers, booleans or none; 1, 1.0 and true are one key.</summary>
internal sealed class TemplateDict
{
    private static readonly object None = new();

    private readonly OrderedDictionary<object, (object? Key, object? Value)> entries = [];

    public int Count => entries.Count;

    public IEnumerable<object?> Keys => entries.Values.Select(static entry => entry.Key);

    public IEnumerable<object?> Values => entries.Values.Select(static entry => entry.Value);

    public IEnumerable<(object? Key, object? Value)> Entries => entries.Values;

    /// <summary>Adds or replaces; a replaced entry keeps its place and key.</summary>
    public void Set(object? key, object? value)
    {
        object known = Known(key);
        entries[known] = (entries.TryGetValue(known, out (object? Key, object? Value) old) ? old.Key : key, value);
    }

    public bool TryGet(object? key, out object? value)
    {
        bool found = entries.TryGetValue(Known(key), out (object? Key, object? Value) entry);
        value = entry.Value;
        return found;
    }

    private static object Known(object? key) => key switch
    {
        null => None,
        string or long => key,
        bool truth => truth ? 1L : 0L,
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e18 => (long)number,
        double => key,
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateFault($"a {Value.TypeName(key)} cannot be a key"),
    };
}

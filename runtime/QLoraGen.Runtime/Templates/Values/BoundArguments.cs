namespace QLoraGen.Templates;

/// <summary>A call's values, taken by the names of the parameters; whatever is not taken at the end is an error.</summary>
internal sealed class BoundArguments
{
    private readonly string owner;
    private readonly string[] names;
    private readonly object?[] values;
    private readonly bool[] given;

    /// <summary>Gives the values to the parameters of a function, method, filter or test.</summary>
    /// <param name="owner">How it is called in messages.</param>
    /// <param name="call">The values.</param>
    /// <param name="names">Its parameters.</param>
    public BoundArguments(string owner, CallValues call, params string[] names)
    {
        (this.owner, this.names) = (owner, names);
        (values, given) = (new object?[names.Length], new bool[names.Length]);
        if (call.Positional.Count > names.Length)
        {
            throw new TemplateFault($"{owner} takes at most {names.Length} arguments, but got {call.Positional.Count}");
        }
        for (int i = 0; i < call.Positional.Count; i++)
        {
            (values[i], given[i]) = (call.Positional[i], true);
        }
        foreach ((string name, object? value) in call.Named)
        {
            int at = Array.IndexOf(names, name);
            if (at < 0 || given[at])
            {
                throw new TemplateFault(at < 0 ? $"{owner} has no parameter '{name}'" : $"{owner} got '{name}' twice");
            }
            (values[at], given[at]) = (value, true);
        }
    }

    public bool Has(string name) => given[Array.IndexOf(names, name)];

    /// <summary>A value that must be given.</summary>
    public object? Required(string name) => Has(name) ? values[Array.IndexOf(names, name)] : throw new TemplateFault($"{owner} needs '{name}'");

    /// <summary>A value that may be missing.</summary>
    public object? Optional(string name, object? missing = null) => Has(name) ? values[Array.IndexOf(names, name)] : missing;

    /// <summary>A text that must be given.</summary>
    public string Text(string name) => Required(name) as string ?? throw new TemplateFault($"{owner}: '{name}' must be a text");

    /// <summary>A text that may be missing or none.</summary>
    public string? OptionalText(string name) => Optional(name) is null ? null : Text(name);

    /// <summary>A whole number that may be missing or none.</summary>
    public long Number(string name, long missing) => Optional(name) switch
    {
        null => missing,
        long number => number,
        bool truth => truth ? 1 : 0,
        _ => throw new TemplateFault($"{owner}: '{name}' must be a whole number"),
    };

    /// <summary>Whether a value that may be missing is true.</summary>
    public bool Truth(string name, bool missing) => Has(name) ? Value.IsTrue(values[Array.IndexOf(names, name)]) : missing;
}

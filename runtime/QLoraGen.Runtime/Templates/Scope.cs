namespace QLoraGen.Templates;

/// <summary>Variables, and those around them. A loop's body and a macro's have a scope of their own; an `if` has none.</summary>
internal sealed class Scope(Scope? parent, IReadOnlyDictionary<string, object?>? given = null)
{
    private readonly Dictionary<string, object?> variables = given is null ? [] : new(given);

    /// <summary>Sets a variable here, whatever stands around.</summary>
    public void Set(string name, object? value) => variables[name] = value;

    /// <summary>Sets one name to a value, or several to its items.</summary>
    public void SetAll(IReadOnlyList<string> names, object? value)
    {
        if (names.Count == 1)
        {
            Set(names[0], value);
            return;
        }
        IReadOnlyList<object?> items = value is Undefined undefined ? throw undefined.Error() : Value.Items(value);
        if (items.Count != names.Count)
        {
            throw new TemplateFault($"{items.Count} items cannot be given to the {names.Count} names {string.Join(", ", names)}");
        }
        for (int i = 0; i < items.Count; i++)
        {
            Set(names[i], items[i]);
        }
    }

    /// <summary>The value of a name: a variable, else a function that every template knows, else undefined.</summary>
    public object? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope.variables.TryGetValue(name, out object? value))
            {
                return value;
            }
        }
        return Globals.Find(name) ?? (object)new Undefined($"'{name}' is undefined");
    }

    private Scope? Parent => parent;
}

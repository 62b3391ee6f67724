using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Sizes;

/// <summary>A configuration whose file is known: its properties' values, computed as the record would.</summary>
/// <param name="config">The record.</param>
/// <param name="stored">
/// The value that the file has for a key: a long, double, bool, string or null; <see cref="Folding.Unknown"/> for anything
/// else; <see cref="Absent"/> where the file lacks the key.
/// </param>
internal sealed class ConfigScope(ConfigModel config, Func<string, object?> stored) : IScope
{
    /// <summary>What stands for a key that the file does not have.</summary>
    public static readonly object Absent = new();

    private readonly Dictionary<string, object?> known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public object? ValueOf(string name)
    {
        if (!known.TryGetValue(name, out object? value))
        {
            known[name] = Folding.Unknown;   // a property that depends on itself
            known[name] = value = config.Find(name) is { } property ? Compute(property) : Folding.Unknown;
        }
        return value;
    }

    /// <summary>What the file has for a property, or its default.</summary>
    public object? Stored(ConfigProperty property)
    {
        object? value = stored(property.Key);
        return !ReferenceEquals(value, Absent)
            ? value is long && property.Type is "double" or "float" ? Convert.ToDouble(value) : value
            : property.Default is null ? Folding.Unknown : property.Default.Fold(this);
    }

    private object? Compute(ConfigProperty property)
    {
        object? field = property.IsStored ? Stored(property) : Folding.Unknown;
        return property.Getter is null ? field : property.Getter.Fold(new Accessor(this, field));
    }

    private sealed class Accessor(ConfigScope config, object? field) : IScope
    {
        public object? ValueOf(string name) => name == Parameter.Field.Name ? field : config.ValueOf(name);
    }
}

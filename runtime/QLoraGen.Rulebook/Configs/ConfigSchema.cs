namespace QLoraGen.Configs;

/// <summary>The keys of a config.json that a model's configuration record reads.</summary>
/// <param name="Keys">One a property.</param>
public sealed record ConfigSchema(IReadOnlyList<ConfigKey> Keys);

/// <summary>One key that is read.</summary>
/// <param name="Name">As the file writes it.</param>
/// <param name="Type">What it takes.</param>
/// <param name="IsRequired">Whether the file must have it.</param>
/// <param name="Nested">The keys of the object that it holds, where that is a record too.</param>
public sealed record ConfigKey(string Name, FieldType Type, bool IsRequired, ConfigSchema? Nested = null);

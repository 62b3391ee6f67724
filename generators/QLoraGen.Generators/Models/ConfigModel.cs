using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Models;

/// <summary>A model's configuration: the record that its config.json is read into.</summary>
/// <param name="Type">In full, with <c>global::</c>.</param>
/// <param name="Properties">Its own and inherited ones, the base's first.</param>
internal sealed record ConfigModel(string Type, EquatableArray<ConfigProperty> Properties)
{
    public ConfigProperty? Find(string name) => Properties.FirstOrDefault(property => property.Name == name);
}

/// <summary>One property of a configuration.</summary>
/// <param name="Name">As declared.</param>
/// <param name="Key">Its key in config.json.</param>
/// <param name="Type">Its type without a question mark, as C# names it: <c>int</c>, <c>double</c>, ...; in full where it has no keyword.</param>
/// <param name="IsNullable">Whether null is a value of it.</param>
/// <param name="IsRequired">Whether config.json must have the key.</param>
/// <param name="IsStored">Whether it is read from config.json; otherwise it is computed from others.</param>
/// <param name="Default">What it is where the file lacks the key; null where that is not known.</param>
/// <param name="Getter">What it gives, over <c>field</c> and other properties; null for a plain property and where it cannot be read.</param>
/// <param name="Nested">The record that it holds, where it is one.</param>
internal sealed record ConfigProperty(
    string Name, string Key, string Type, bool IsNullable, bool IsRequired, bool IsStored, Expression? Default, Expression? Getter, ConfigModel? Nested);

using System.ComponentModel;

namespace QLoraGen;

/// <summary>
/// Written by the generator on each declared model: how a property of its configuration is computed, for projects that use
/// the model from an assembly.
/// </summary>
/// <param name="name">Name of the configuration's property.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false), EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ConfigPropertyAttribute(string name) : Attribute
{
    /// <summary>Name of the configuration's property.</summary>
    public string Name { get; } = name;

    /// <summary>Its value where config.json lacks the key; empty where there is none.</summary>
    public string Default { get; init; } = "";

    /// <summary>What it gives, over <c>field</c> and other properties; empty for a plain property.</summary>
    public string Getter { get; init; } = "";
}

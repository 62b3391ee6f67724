using System.ComponentModel;

namespace QLoraGen;

/// <summary>
/// Written by the generator on each declared class: what an initializer makes, for projects that use the class from an
/// assembly, where the compiler can no longer read it.
/// </summary>
/// <param name="property">Name of the property that holds a layer or a module.</param>
/// <param name="arguments">
/// Arguments of its constructor, <c>inFeatures: config.HiddenSize</c>, in the words of this class's constructor.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false), EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DeclaredShapeAttribute(string property, params string[] arguments) : Attribute
{
    /// <summary>Name of the property.</summary>
    public string Property { get; } = property;

    /// <summary>Arguments of its constructor; of a list, those of the module that it repeats.</summary>
    public IReadOnlyList<string> Arguments { get; } = arguments;

    /// <summary>How often a list repeats its module; empty for anything else.</summary>
    public string Count { get; init; } = "";

    /// <summary>When the property is not null; empty for always.</summary>
    public string Condition { get; init; } = "";

    /// <summary>Whether the initializer could not be read, so that sizes are not known.</summary>
    public bool Unread { get; init; }
}

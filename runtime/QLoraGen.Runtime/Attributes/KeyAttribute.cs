namespace QLoraGen;

/// <summary>
/// The checkpoint's name for a layer, where it is not the property's name in snake case (<c>GateProj</c> is
/// <c>gate_proj</c> by itself).
/// </summary>
/// <param name="name">One segment of the checkpoint's keys, without dots.</param>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
public sealed class KeyAttribute(string name) : Attribute
{
    /// <summary>The name in the checkpoint.</summary>
    public string Name { get; } = name;
}

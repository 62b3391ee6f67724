namespace QLoraGen;

/// <summary>Names the constructor parameters that give a layer's frozen tensor its shape, outermost first.</summary>
/// <param name="parameters">Parameter names of the layer's constructor.</param>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
public sealed class TensorShapeAttribute(params string[] parameters) : Attribute
{
    /// <summary>Parameter names of the layer's constructor, outermost dimension first.</summary>
    public IReadOnlyList<string> Parameters { get; } = parameters;
}

namespace QLoraGen;

/// <summary>Marks the tensor of a layer that a model's <see cref="QuantizedAttribute"/> freezes in 4 bits.</summary>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
public sealed class QuantizableAttribute : Attribute;

namespace QLoraGen;

/// <summary>Keeps one linear layer in the checkpoint's own precision and out of the default adapter targets.</summary>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
public sealed class FullPrecisionAttribute : Attribute;

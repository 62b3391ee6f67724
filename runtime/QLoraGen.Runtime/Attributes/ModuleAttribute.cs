namespace QLoraGen;

/// <summary>
/// Declares a part of an architecture (attention, MLP, block): a partial class derived from <see cref="Module"/> whose
/// partial properties are layers and further modules.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModuleAttribute : Attribute;

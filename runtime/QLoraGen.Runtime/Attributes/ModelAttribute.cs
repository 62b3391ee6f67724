namespace QLoraGen;

/// <summary>
/// Declares a whole architecture: a partial class derived from <see cref="CausalLM"/> whose partial properties are its
/// layers. The generator writes their implementation, their registration under the checkpoint's keys, loading, the
/// quant-state layout and the adapter lists.
/// </summary>
/// <param name="modelType">The <c>model_type</c> of the <c>config.json</c> files that this class reads.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModelAttribute(string modelType) : Attribute
{
    /// <summary>The <c>model_type</c> of the <c>config.json</c> files that this class reads.</summary>
    public string ModelType { get; } = modelType;
}

namespace QLoraGen;

/// <summary>
/// Binds a model to one Hugging Face <c>config.json</c>, so that the compiler knows every size: on a class that is itself
/// a <see cref="ModelAttribute"/> class, or on a partial class derived from one. The generator writes a constructor
/// without parameters, the plan (bytes of weights, adapters, gradients, optimizer state) and the quant-state layout, all
/// as constants.
/// </summary>
/// <param name="config">Name or trailing path of the file, which the project lists under <c>AdditionalFiles</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CheckpointAttribute(string config) : Attribute
{
    /// <summary>Name or trailing path of the file among the project's <c>AdditionalFiles</c>.</summary>
    public string Config { get; } = config;
}

namespace QLoraGen.Generators;

/// <summary>The runtime's names that the generator reads, and the names of the pipeline's steps.</summary>
internal static class KnownNames
{
    public const string Model = "QLoraGen.ModelAttribute";
    public const string Module = "QLoraGen.ModuleAttribute";

    public const string Checkpoint = "QLoraGen.CheckpointAttribute";

    /// <summary>As <see cref="Model"/>, without its namespace.</summary>
    public const string ModelAttribute = "ModelAttribute";
    public const string ModuleAttribute = "ModuleAttribute";
    public const string Quantized = "QuantizedAttribute";
    public const string LoRA = "LoRAAttribute";
    public const string FullPrecision = "FullPrecisionAttribute";
    public const string Key = "KeyAttribute";
    public const string Quantizable = "QuantizableAttribute";
    public const string DeclaredShapeAttribute = "DeclaredShapeAttribute";
    public const string ConfigPropertyAttribute = "ConfigPropertyAttribute";
    public const string CheckpointAttribute = "CheckpointAttribute";
    public const string TensorShape = "TensorShapeAttribute";

    public const string RuntimeNamespace = "QLoraGen";
    public const string ModuleBase = "QLoraGen.Module";
    public const string ModelBase = "QLoraGen.CausalLM";
    public const string ModuleList = "ModuleList";
    public const string LayerBase = "QLoraGen.Layer";
    public const string Linear = "QLoraGen.Linear";
    public const string Embedding = "QLoraGen.Embedding";
    public const string FrozenTensor = "QLoraGen.FrozenTensor";
}

/// <summary>Names under which the driver reports what each step of the pipeline did.</summary>
internal static class Steps
{
    public const string Modules = "QLoraGen.Modules";
    public const string Models = "QLoraGen.Models";
    public const string Checkpoints = "QLoraGen.Checkpoints";
    public const string JsonFiles = "QLoraGen.JsonFiles";
    public const string Found = "QLoraGen.Found";
    public const string Bound = "QLoraGen.Bound";
    public const string Refused = "QLoraGen.Refused";
    public const string Namespace = "QLoraGen.Namespace";
    public const string Architectures = "QLoraGen.Architectures";
}

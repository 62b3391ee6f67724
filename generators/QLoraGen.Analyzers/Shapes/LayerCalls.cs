using QLoraGen.Generators.Sizes;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>What the runtime's layers and the functions on tensors do to widths.</summary>
internal static class LayerCalls
{
    private static readonly HashSet<string> keepsWidth = new(StringComparer.Ordinal)
    {
        "silu", "gelu", "relu", "relu6", "tanh", "sigmoid", "softmax", "log_softmax", "softplus", "elu", "selu", "mish", "hardtanh", "leaky_relu",
        "dropout", "exp", "log", "sqrt", "rsqrt", "square", "abs", "neg", "clamp", "round", "sin", "cos", "erf", "pow",
        "to", "cpu", "cuda", "contiguous", "clone", "detach", "detach_", "alias", "type_as", "to_type", "@float", "@double", "half", "bfloat16",
    };

    private static readonly HashSet<string> combines = new(StringComparer.Ordinal) { "add", "sub", "mul", "div", "maximum", "minimum" };

    /// <summary>Whether a function of tensors, or a method of one, gives as many values as it takes.</summary>
    public static bool KeepsWidth(string method) => keepsWidth.Contains(method.TrimEnd('_')) || keepsWidth.Contains(method);

    /// <summary>Whether it combines two tensors value by value.</summary>
    public static bool Combines(string method) => combines.Contains(method.TrimEnd('_'));

    /// <summary>What a layer's method asks and gives; null where it is none of the runtime's.</summary>
    public static (Expression? Input, Expression? Output)? Of(ModuleValue layer, string method) => (layer.Type.Name, method) switch
    {
        ("Linear", "Forward") => (layer.Argument("inFeatures"), layer.Argument("outFeatures")),
        ("Embedding", "Forward") => (null, layer.Argument("embeddingDim")),
        ("Embedding", "Unembed") => (layer.Argument("embeddingDim"), layer.Argument("numEmbeddings")),
        ("RMSNorm" or "LayerNorm", "Forward") => (layer.Argument("hiddenSize"), layer.Argument("hiddenSize")),
        _ => null,
    };
}

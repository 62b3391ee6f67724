using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>
/// The plan of a model whose sizes are its configuration's, layer by layer: a table that shows on hover. A [Checkpoint]
/// class has it in numbers.
/// </summary>
internal static class UnitWriter
{
    public static void Documentation(IndentedWriter writer, RootModel root)
    {
        writer.Line("/// <remarks>");
        DocTable.Write(writer, $"Layer by layer{Precision(root.Quantized)}:", root.Tree.Layers.Select(layer => (layer.Path, Describe(layer, root))));
        writer.Line("/// </remarks>");
    }

    private static string Precision(QuantizedModel? quantized) => quantized is null or { Type: "None" }
        ? ", all in full precision"
        : $"; a quantized value takes {Figures.Bits(quantized)} bits";

    private static string Describe(TreeNode layer, RootModel root)
    {
        TensorModel? weight = layer.Member.Tensors.FirstOrDefault();
        bool quantized = weight is { Quantizable: true } && !layer.Member.FullPrecision && root.Quantized is not (null or { Type: "None" });
        string shape = weight is null or { Shape.Count: 0 } ? "sizes not known" : $"[{string.Join(", ", weight.Shape)}]";
        string when = layer.Member.Creation?.Condition is { } condition ? $", if {condition}" : "";
        return $"{shape}{(quantized ? $" {root.Quantized!.Type}" : "")}{when}: {Trained(layer, root.Lora)}";
    }

    private static string Trained(TreeNode layer, LoraModel? lora)
    {
        LoraConfig? config = lora?.ToConfig();
        TargetLayer target = layer.AsTarget();
        if (WhyFrozen.Of(config, target) is { } reason)
        {
            return $"frozen, {reason}";
        }
        (string width, string height) = layer.Member.IsEmbedding ? ("numEmbeddings", "embeddingDim") : ("inFeatures", "outFeatures");
        return !config!.Trains(target) ? "trained whole"
            : $"trained, {config.RankOf(layer.Path)} * ({layer.Argument(width)} + {layer.Argument(height)}) values";
    }
}

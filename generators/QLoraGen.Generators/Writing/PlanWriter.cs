using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Writing;

/// <summary>The plan of a bound model: constants, and a table that shows on hover.</summary>
internal static class PlanWriter
{
    public static void Write(IndentedWriter writer, MemoryPlan plan)
    {
        writer.Line("/// <summary>What fine-tuning takes, in values and bytes; activations are not counted.</summary>");
        writer.Block("public static class Plan", () =>
        {
            Constant(writer, "Parameters", plan.Parameters, "Values of the base model.");
            Constant(writer, "QuantizedParameters", plan.QuantizedParameters, "Values that are stored in 4 bits.");
            Constant(writer, "QuantizedBytes", plan.QuantizedBytes, "Bytes of the quantized values with their scales.");
            Constant(writer, "FrozenBytes", plan.FrozenBytes, "The whole region: quantized weights with their scales, and everything in full precision.");
            Constant(writer, "TrainableParameters", plan.TrainableParameters, "Values of A and B.");
            Constant(writer, "AdapterBytes", plan.AdapterBytes, "A and B, fp32.");
            Constant(writer, "GradientBytes", plan.GradientBytes, "Their gradients, fp32.");
            Constant(writer, "OptimizerBytes", plan.OptimizerBytes, "AdamW's two moments, fp32.");
            Constant(writer, "TotalBytes", plan.TotalBytes, "All of it.", last: true);
        });
    }

    /// <summary>The same for people, and which layers train.</summary>
    public static void Documentation(IndentedWriter writer, string file, BoundModel model, LoraModel? lora)
    {
        MemoryPlan plan = model.Plan;
        writer.Line("/// <remarks>");
        DocTable.Write(writer, $"Bound to <c>{DocTable.Escaped(file)}</c>. What fine-tuning takes, in bytes; activations are not counted:",
        [
            ("parameters", Figures.Whole(plan.Parameters)),
            ("of which quantized", plan.QuantizedParameters == 0
                ? "none" : $"{Figures.Whole(plan.QuantizedParameters)}, at {Figures.Bits(plan.BitsPerQuantizedParameter)} bits"),
            ("of which trained", $"{Figures.Whole(plan.TrainableParameters)} beside them, {Figures.Share(plan.TrainableParameters, plan.Parameters)}"),
            ("frozen weights", Figures.Whole(plan.FrozenBytes)),
            ("adapters", Figures.Whole(plan.AdapterBytes)),
            ("gradients", Figures.Whole(plan.GradientBytes)),
            ("optimizer state (AdamW)", Figures.Whole(plan.OptimizerBytes)),
            ("together", Figures.Whole(plan.TotalBytes)),
        ]);
        DocTable.Write(writer, "Which layers train:", Coverage.Of(model.Layers, lora).Select(static covered => (
            covered.Layer.Path,
            $"{(covered.Layer.Repeats > 1 ? $"{Figures.Whole(covered.Layer.Repeats)} x " : "")}{ShapeOf(covered.Layer)}: {covered.Reason}"
                + (covered.Values > 0 ? $", {Figures.Whole(covered.Values)} values" : ""))));
        writer.Line("/// </remarks>");
    }

    private static string ShapeOf(BoundNode layer) => layer.Tensors.Count == 0 ? "" : $"[{string.Join(", ", layer.Tensors[0].Shape)}]";

    private static void Constant(IndentedWriter writer, string name, long value, string summary, bool last = false)
    {
        writer.Line($"/// <summary>{summary}</summary>");
        writer.Line($"public const long {name} = {CSharp.Literal(value)};");
        if (!last)
        {
            writer.Line();
        }
    }
}

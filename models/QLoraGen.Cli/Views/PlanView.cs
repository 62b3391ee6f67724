using System.Text.Json.Nodes;
using Spectre.Console;

namespace QLoraGen.Cli.Views;

/// <summary>A plan's figures, for people and for programs.</summary>
internal static class PlanView
{
    public static void Show(Output output, string modelType, MemoryPlan plan)
    {
        var table = new Table().AddColumn("").AddColumn(new TableColumn("bytes").RightAligned()).AddColumn(new TableColumn("").RightAligned());
        foreach ((string name, long bytes) in (ReadOnlySpan<(string, long)>)[
            ("frozen weights", plan.FrozenBytes), ("adapters", plan.AdapterBytes), ("gradients", plan.GradientBytes),
            ("optimizer state (AdamW)", plan.OptimizerBytes), ("together, without activations", plan.TotalBytes)])
        {
            table.AddRow(name, $"{bytes:N0}", $"{bytes / 1e9:N3} GB");
        }
        output.Line($"{modelType}: {plan.Parameters:N0} parameters, of which {plan.QuantizedParameters:N0} in {plan.BitsPerQuantizedParameter:F3} bits; "
            + $"{plan.TrainableParameters:N0} trained ({100.0 * plan.TrainableParameters / plan.Parameters:F3} %)");
        output.Console.Write(table);
    }

    public static (string Name, JsonNode? Value)[] Fields(MemoryPlan plan) =>
    [
        ("parameters", plan.Parameters), ("quantized_parameters", plan.QuantizedParameters), ("trainable_parameters", plan.TrainableParameters),
        ("frozen_bytes", plan.FrozenBytes), ("adapter_bytes", plan.AdapterBytes), ("gradient_bytes", plan.GradientBytes),
        ("optimizer_bytes", plan.OptimizerBytes), ("total_bytes", plan.TotalBytes),
    ];
}

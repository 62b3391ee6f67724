using System.Text.Json.Nodes;
using Spectre.Console;

namespace QLoraGen.Cli.Views;

/// <summary>A plan's figures, for people and for programs.</summary>
internal static class PlanView
{
    /// <param name="output">Where it goes.</param>
    /// <param name="modelType">Of config.json.</param>
    /// <param name="plan">What is stored and trained.</param>
    /// <param name="memory">What a run has resident; null leaves activations out.</param>
    public static void Show(Output output, string modelType, MemoryPlan plan, TrainingMemory? memory = null)
    {
        var table = new Table().AddColumn("").AddColumn(new TableColumn("bytes").RightAligned()).AddColumn(new TableColumn("").RightAligned());
        foreach ((string name, long bytes) in memory is null ? Stored(plan) : Resident(memory))
        {
            table.AddRow(name, $"{bytes:N0}", $"{bytes / 1e9:N3} GB");
        }
        output.Line($"{modelType}: {plan.Parameters:N0} parameters, of which {plan.QuantizedParameters:N0} in {plan.BitsPerQuantizedParameter:F3} bits; "
            + $"{plan.TrainableParameters:N0} trained ({100.0 * plan.TrainableParameters / plan.Parameters:F3} %)");
        output.Console.Write(table);
    }

    public static (string Name, JsonNode? Value)[] Fields(MemoryPlan plan, TrainingMemory? memory = null)
    {
        (string, JsonNode?)[] stored =
        [
            ("parameters", plan.Parameters), ("quantized_parameters", plan.QuantizedParameters), ("trainable_parameters", plan.TrainableParameters),
            ("frozen_bytes", plan.FrozenBytes), ("adapter_bytes", plan.AdapterBytes), ("gradient_bytes", plan.GradientBytes),
            ("optimizer_bytes", memory?.OptimizerBytes ?? plan.OptimizerBytes), ("total_bytes", plan.TotalBytes),
        ];
        return memory is null ? stored :
        [
            .. stored, ("activation_bytes", memory.ActivationBytes), ("process_bytes", memory.ProcessBytes), ("resident_bytes", memory.TotalBytes),
            ("gradient_checkpointing", memory.Recomputes),
        ];
    }

    private static (string Name, long Bytes)[] Stored(MemoryPlan plan) =>
    [
        ("frozen weights", plan.FrozenBytes), ("adapters", plan.AdapterBytes), ("gradients", plan.GradientBytes),
        ("optimizer state (AdamW)", plan.OptimizerBytes), ("together, without activations", plan.TotalBytes),
    ];

    private static (string Name, long Bytes)[] Resident(TrainingMemory memory) =>
    [
        ("frozen weights", memory.FrozenBytes), ("adapters", memory.AdapterBytes), ("gradients", memory.GradientBytes),
        ("optimizer state (AdamW)", memory.OptimizerBytes), (memory.Recomputes ? "activations, recomputed" : "activations", memory.ActivationBytes),
        ("the process itself", memory.ProcessBytes), ("together, resident", memory.TotalBytes),
    ];
}

using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Models;
using Spectre.Console;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora plan</c>: what a fine-tune would take, without loading anything.</summary>
internal static class PlanCommand
{
    public static Command Create() => new Command("plan", "Show the bytes of weights, adapters, gradients and optimizer state for a folder or a bare config.json.")
    {
        SharedOptions.Model, AdapterOptions.R, AdapterOptions.Alpha, AdapterOptions.Dropout, AdapterOptions.Targets, AdapterOptions.Rslora,
        SharedOptions.Quant, SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.Json,
    }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        ConfigFile config = ConfigFile.Open(parsed.GetValue(SharedOptions.Model) ?? DefaultFiles.Model);
        using CausalLM model = Architectures.Create(config);
        MemoryPlan plan = MemoryPlan.Of(model, SharedOptions.Format(parsed, model), AdapterOptions.Config(parsed, model));

        var table = new Table().AddColumn("").AddColumn(new TableColumn("bytes").RightAligned()).AddColumn(new TableColumn("").RightAligned());
        foreach ((string name, long bytes) in (ReadOnlySpan<(string, long)>)[
            ("frozen weights", plan.FrozenBytes), ("adapters", plan.AdapterBytes), ("gradients", plan.GradientBytes),
            ("optimizer state (AdamW)", plan.OptimizerBytes), ("together, without activations", plan.TotalBytes)])
        {
            table.AddRow(name, $"{bytes:N0}", $"{bytes / 1e9:N3} GB");
        }
        output.Line($"{config.ModelType}: {plan.Parameters:N0} parameters, of which {plan.QuantizedParameters:N0} in {plan.BitsPerQuantizedParameter:F3} bits; "
            + $"{plan.TrainableParameters:N0} trained ({100.0 * plan.TrainableParameters / plan.Parameters:F3} %)");
        output.Console.Write(table);
        output.Result(
            ("parameters", plan.Parameters), ("quantized_parameters", plan.QuantizedParameters), ("trainable_parameters", plan.TrainableParameters),
            ("frozen_bytes", plan.FrozenBytes), ("adapter_bytes", plan.AdapterBytes), ("gradient_bytes", plan.GradientBytes),
            ("optimizer_bytes", plan.OptimizerBytes), ("total_bytes", plan.TotalBytes));
    }
}

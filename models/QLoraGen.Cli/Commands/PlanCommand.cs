using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Cli.Views;
using QLoraGen.Models;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora plan</c>: what a fine-tune would take, without loading anything.</summary>
internal static class PlanCommand
{
    public static Command Create() => new Command(
        "plan", "Show the bytes of weights, adapters, gradients, optimizer state and activations for a folder or a bare config.json.")
    {
        SharedOptions.Model, SharedOptions.Quant, SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.MaxLength, SharedOptions.Json,
    }.With(TrainingArguments.Memory).With(AdapterOptions.All).Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        ConfigFile config = ConfigFile.Open(parsed.GetValue(SharedOptions.Model) ?? DefaultFiles.Model);
        using CausalLM model = Architectures.Create(config);
        using Checkpoint? quantized = SharedOptions.Prequantized(parsed.GetValue(SharedOptions.Model), model);
        MemoryPlan plan = MemoryPlan.Of(model, SharedOptions.Format(parsed, model), AdapterOptions.Config(parsed, model), quantized);
        int length = LoadedModel.MaxLength(model, parsed.GetValue(SharedOptions.MaxLength));
        TrainingMemory memory = TrainingArguments.MemoryOf(parsed, model, plan, length);
        PlanView.Show(output, config.ModelType, plan, memory);
        output.Result(PlanView.Fields(plan, memory));
    }
}

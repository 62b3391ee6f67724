using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Cli.Inspection;
using QLoraGen.Cli.Views;
using QLoraGen.Models;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora inspect</c>: the model layer by layer, and which layers train; nothing is loaded.</summary>
internal static class InspectCommand
{
    private const string Does =
        "Draw a model as a tree, and say which layers train and why the others do not, for a folder or a bare config.json.";

    public static Command Create() => new Command("inspect", Does)
    {
        SharedOptions.Model, SharedOptions.Adapter, SharedOptions.Quant, SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.Json,
    }.With(AdapterOptions.All).Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        ConfigFile file = ConfigFile.Open(parsed.GetValue(SharedOptions.Model) ?? DefaultFiles.Model);
        using CausalLM model = Architectures.Create(file);
        QuantFormat? format = SharedOptions.Format(parsed, model);
        LoraConfig adapter = AdapterOptions.SavedOrNew(parsed, model);
        using Checkpoint? stored = SharedOptions.Prequantized(parsed.GetValue(SharedOptions.Model), model);
        MemoryPlan plan = MemoryPlan.Of(model, format, adapter, stored);
        IReadOnlyList<InspectedLayer> layers = InspectedLayer.Of(model, format, adapter, stored);

        string dense = stored is null ? $"{StoredAs.Short(model.Config.WeightType)}, the config's own type" : "the checkpoint has it";
        output.Line($"model:    {file.Path}");
        output.Line($"stored:   {(format is null ? dense : $"{StoredAs.Full(layers, format.Value)}; what is not quantized as {dense}")}");
        output.Line(parsed.GetValue(SharedOptions.Adapter) is { } folder
            ? $"adapters: as the adapter_config.json of {folder} says; its weights are not read"
            : "adapters: new ones, as the model's class and the options say");
        output.Line();
        OutlineView.Show(output, file.ModelType, Outline.Of(layers));
        output.Line();
        CoverageView.Show(output, layers);
        output.Line();
        PlanView.Show(output, file.ModelType, plan);
        output.Result([("layers", InspectedJson.Of(layers)), .. PlanView.Fields(plan)]);
    }
}

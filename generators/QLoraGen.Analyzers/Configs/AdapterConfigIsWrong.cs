using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;
using QLoraGen.Json;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Configs;

/// <summary>Faults of an <c>adapter_config.json</c>, shown inside the file: what the loader would say of it, and what it says otherwise than the class.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AdapterConfigIsWrong() : RuleAnalyzer([.. AdapterFileRules.All])
{
    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        var models = new ProjectModels(context.Compilation);
        AdditionalText[] configs = [.. context.Options.AdditionalFiles.Where(static file => SettingsFile.IsJson(file.Path))];
        context.RegisterAdditionalFileAction(file =>
        {
            if (SettingsFile.IsAdapter(file.AdditionalFile.Path))
            {
                Check(file, configs, models);
            }
        });
    }

    private void Check(AdditionalFileAnalysisContext context, AdditionalText[] configs, ProjectModels models)
    {
        string path = context.AdditionalFile.Path;
        if (context.AdditionalFile.GetText(context.CancellationToken) is not { } source)
        {
            return;
        }
        DeclaredModel? model = configs.Where(config => SettingsFile.AreOneModels(config.Path, path))
            .SelectMany(config => models.BoundTo(config.Path)).FirstOrDefault() ?? models.Only;
        RootModel? root = model is null ? null : models.Read(model);
        JsonNode? config = model?.File is { } named && configs.FirstOrDefault(config => CheckpointBinder.IsMeant(named, config.Path)) is { } file
            ? Read(file, context.CancellationToken)
            : null;
        foreach (PlacedFault fault in AdapterFileRules.Check(
            source.ToString(),
            root is null ? null : ModelLayers.Of(root.Tree, config),
            root?.Lora is { } lora ? (model!.Type.Name, lora.ToConfig()) : null))
        {
            context.ReportDiagnostic(At(SettingsFile.PlaceOf(fault, path, source), fault.Fault));
        }
    }

    private static JsonNode? Read(AdditionalText file, CancellationToken cancellation)
    {
        _ = IsNotJson.Check(file.GetText(cancellation)?.ToString() ?? "", out JsonNode? root);
        return root;
    }
}

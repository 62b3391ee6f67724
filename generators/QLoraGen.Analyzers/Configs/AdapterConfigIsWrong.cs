using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
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
        var models = ProjectModels.Of(context.Compilation);
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
        // A config beside it says whose it is; alone, it is the project's only model's.
        AdditionalText? beside = configs.FirstOrDefault(config => SettingsFile.AreOneModels(config.Path, path));
        DeclaredModel? own = beside is null ? models.Only : models.BoundTo(beside.Path).FirstOrDefault();
        AdditionalText? file = beside ?? own?.FileIn(configs);
        JsonNode? config = file is null ? null : SettingsFile.Read(file, context.CancellationToken);
        DeclaredModel? model = own ?? (config?["model_type"]?.Value is string type ? models.For(type) : null);
        RootModel? root = model is null ? null : models.Read(model);
        foreach (PlacedFault fault in AdapterFileRules.Check(
            source.ToString(),
            root is null ? null : ModelLayers.Of(root.Tree, config),
            own is not null && root?.Lora is { } lora ? (own.Type.Name, lora.ToConfig()) : null))
        {
            context.ReportDiagnostic(At(SettingsFile.PlaceOf(fault, path, source), fault.Fault));
        }
    }
}

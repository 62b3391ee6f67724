using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;
using QLoraGen.Json;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Configs;

/// <summary>Faults of a model's <c>config.json</c>, shown inside the file.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConfigFileIsWrong() : RuleAnalyzer(
    IsNotJson.Rule, KeyIsUnknown.Rule, ValueHasWrongType.Rule, KeyIsMissing.Rule, QuantTypeIsLeftOut.Rule, ComputeTypeIsLeftOut.Rule,
    DoubleQuantIsLeftOut.Rule, ModelTypeIsAnother.Rule, SettingIsNotComputed.Rule, HeadsAreNotDivisible.Rule, HeadWidthIsOdd.Rule)
{
    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        var models = ProjectModels.Of(context.Compilation);
        context.RegisterAdditionalFileAction(file =>
        {
            if (SettingsFile.IsJson(file.AdditionalFile.Path) && !SettingsFile.IsAdapter(file.AdditionalFile.Path)
                && file.AdditionalFile.GetText(file.CancellationToken) is { } text)
            {
                Check(file, text, models);
            }
        });
    }

    private void Check(AdditionalFileAnalysisContext context, SourceText source, ProjectModels models)
    {
        string path = context.AdditionalFile.Path, text = source.ToString();
        DeclaredModel[] bound = models.BoundTo(path);
        // Other tools have files of such names.
        if (bound.Length == 0
            && !(SettingsFile.IsConfig(path) && (text.Contains("\"model_type\"") || text.Contains("\"architectures\""))))
        {
            return;
        }
        IEnumerable<PlacedFault> faults = bound.Length > 0
            ? bound.SelectMany(model => Of(model, (model.Type.Name, model.ModelType)))
            : IsNotJson.Check(text, out JsonNode? root) is null && root!["model_type"]?.Value is string type && models.For(type) is { } model ? Of(model, null)
            : ConfigFileRules.Check(text, schema: null);
        foreach (PlacedFault fault in faults.GroupBy(static fault => (fault.Fault.Rule.Id, fault.Start, fault.Fault.Sentence)).Select(static same => same.First()))
        {
            context.ReportDiagnostic(At(SettingsFile.PlaceOf(fault, path, source), fault.Fault));
        }

        IEnumerable<PlacedFault> Of(DeclaredModel model, (string, string)? binding)
        {
            ConfigModel? config = models.Read(model)?.Tree.Config;
            return config is null
                ? ConfigFileRules.Check(text, schema: null, binding)
                : ConfigFileRules.Check(text, Schemas.Of(config), binding, (file, key) => config.Properties.FirstOrDefault(property => property.Key == key) is { } read
                    ? new ConfigScope(config, ConfigFileValues.Of(file)).ValueOf(read.Name) as long?
                    : null);
        }
    }
}

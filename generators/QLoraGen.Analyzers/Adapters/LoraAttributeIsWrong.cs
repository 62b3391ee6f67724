using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Analyzers.Configs;
using QLoraGen.Generators;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Json;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Adapters;

/// <summary>Faults of a [LoRA] attribute, each shown on its argument: what PEFT would pass over, and what the loader would refuse.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LoraAttributeIsWrong() : RuleAnalyzer(
    RankIsBelowOne.Rule, RankIsNotBelowSizes.Rule, AlphaIsNotPositive.Rule, DropoutIsOutOfRange.Rule, TargetMatchesNothing.Rule,
    ExcludeMatchesNothing.Rule, RankPatternMatchesNothing.Rule, AlphaPatternMatchesNothing.Rule, TargetIsNotLinear.Rule,
    EverythingIsExcluded.Rule, ExportLosesSomething.Rule, PatternCannotBeRead.Rule)
{
    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        var models = new ProjectModels(context.Compilation);
        context.RegisterSymbolAction(symbol => Check(symbol, models), SymbolKind.NamedType);
    }

    private void Check(SymbolAnalysisContext context, ProjectModels models)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.FindAttribute(KnownNames.LoRA) is not { } attribute || RootReader.ReadLora(type) is not { } lora
            || attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) is not AttributeSyntax syntax)
        {
            return;
        }
        LoraConfig config = lora.ToConfig();
        IReadOnlyList<TargetLayer>? layers = DeclaredModel.Of(type) is { } model && models.Read(model) is { } root
            ? ModelLayers.Of(root.Tree, FileOf(model, context))
            : null;   // a class of another kind, which is another rule's fault
        IEnumerable<Fault> faults =
        [
            .. layers is null ? AdapterRules.Check(config) : AdapterRules.Check(config, layers),
            .. ExportLosesSomething.Check(config, useDora: false, (AdapterFormat)attribute.Named("Export", 0)),
            .. NotEntries(lora.RankPattern, "rank_pattern"), .. NotEntries(lora.AlphaPattern, "alpha_pattern"),
        ];
        var places = new LoraArguments(syntax);
        foreach (Fault fault in faults)
        {
            context.ReportDiagnostic(At(places.Of(fault.Field).GetLocation(), fault));
        }
    }

    private static IEnumerable<Fault> NotEntries(IReadOnlyList<string> entries, string field) =>
        entries.Select((entry, i) => PatternEntry.Read(entry) is null ? PatternCannotBeRead.NotAnEntry(field, entry, i) : null).OfType<Fault>();

    private static JsonNode? FileOf(DeclaredModel model, SymbolAnalysisContext context)
    {
        JsonNode? root = null;
        if (model.File is { } named && context.Options.AdditionalFiles.FirstOrDefault(file => Generators.Binding.CheckpointBinder.IsMeant(named, file.Path)) is { } file)
        {
            _ = IsNotJson.Check(file.GetText(context.CancellationToken)?.ToString() ?? "", out root);
        }
        return root;
    }
}

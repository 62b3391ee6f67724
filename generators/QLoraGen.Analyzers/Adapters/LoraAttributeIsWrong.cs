using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Analyzers.Configs;
using QLoraGen.Generators;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Adapters;

/// <summary>Faults of a [LoRA] attribute, each shown on its argument: what PEFT would pass over, and what the loader would refuse.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LoraAttributeIsWrong() : RuleAnalyzer(
    RankIsBelowOne.Rule, RankIsNotBelowSizes.Rule, AlphaIsNotPositive.Rule, DropoutIsOutOfRange.Rule, TargetMatchesNothing.Rule,
    ExcludeMatchesNothing.Rule, RankPatternMatchesNothing.Rule, AlphaPatternMatchesNothing.Rule, TargetIsNotLinear.Rule,
    EverythingIsExcluded.Rule, ExportLosesSomething.Rule, PatternCannotBeRead.Rule, TargetIsAlsoSaved.Rule, PeftRefuses.Rule,
    StartIsNotPossible.Rule, SavedModuleMatchesNothing.Rule, BlockMatchesNothing.Rule)
{
    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        var models = ProjectModels.Of(context.Compilation);
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
        // Null for a class of another kind, which is another rule's fault.
        IReadOnlyList<TargetLayer>? layers = models.LayersOf(type, context.Options.AdditionalFiles, context.CancellationToken);
        IEnumerable<Fault> faults =
        [
            .. layers is null ? AdapterRules.Check(config) : AdapterRules.Check(config, layers),
            .. layers is null ? StartIsNotPossible.Check(config) : StartIsNotPossible.Check(config, layers),
            .. ExportLosesSomething.Check(config, (AdapterFormat)attribute.Named("Export", 0)),
            .. NotEntries(lora.RankPattern, "rank_pattern"), .. NotEntries(lora.AlphaPattern, "alpha_pattern"),
        ];
        var places = new LoraArguments(syntax);
        foreach (Fault fault in faults)
        {
            context.ReportDiagnostic(At(places.Of(fault.Field).GetLocation(), fault));
        }
    }

    private static IEnumerable<Fault> NotEntries(IReadOnlyList<string> entries, string field) =>
        entries.Select((entry, i) => PatternEntry.Read(entry) is not { } read || (field == "rank_pattern" && read.Value % 1 != 0) ? PatternCannotBeRead.NotAnEntry(field, entry, i) : null).OfType<Fault>();
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A layer that could be exchanged after it was registered, loaded and adapted.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerCanBeReplaced() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG110", "A layer can be replaced", RuleSeverity.Error,
        "'{0}' can be replaced after its layer was registered and adapted: declare it '{{ get; }}'.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (property is { IsPartialDefinition: true, SetMethod: { } setter } && LayerInField.IsLayer(property.Type))
            {
                context.ReportDiagnostic(At(
                    setter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.CancellationToken).GetLocation() ?? property.Locations[0],
                    Rule.Broken(property.Name)));
            }
        }
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A layer without an initializer: it would be null when it is registered.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerIsNeverMade() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG112", "A layer is never made", RuleSeverity.Error,
        "'{0}' has no initializer, so there is nothing to register: add '= new(...);' with its sizes.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (property.IsPartialDefinition && LayerInField.IsLayer(property.Type)
                && property.DeclaringSyntaxReferences is [var part, ..]
                && part.GetSyntax(context.CancellationToken) is PropertyDeclarationSyntax { Initializer: null, ExpressionBody: null })
            {
                context.ReportDiagnostic(At(property.Locations[0], Rule.Broken(property.Name)));
            }
        }
    }
}

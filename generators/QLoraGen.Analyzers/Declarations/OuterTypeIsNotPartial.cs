using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A [Model] or [Module] class inside a type to which no second part can be added.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OuterTypeIsNotPartial() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG102", "A type around a declared model is not partial", RuleSeverity.Error,
        "'{0}' lies in '{1}', which is not partial, so nothing can be generated for it: declare '{1}' partial, or move '{0}' out.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaringSyntaxReferences is [var only] && only.GetSyntax(context.CancellationToken) is TypeDeclarationSyntax declaration
                && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                context.ReportDiagnostic(At(declaration.Identifier.GetLocation(), Rule.Broken(type.Name, outer.Name)));
            }
        }
    }
}

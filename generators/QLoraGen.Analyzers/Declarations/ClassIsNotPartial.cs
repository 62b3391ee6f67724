using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A [Model] or [Module] class to which the generator cannot add its part.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClassIsNotPartial() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG101", "A declared model is not partial", RuleSeverity.Error,
        "'{0}' is not partial, so nothing can be generated for it: declare it 'partial class {0}'.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        if (type.DeclaringSyntaxReferences is [var only] && only.GetSyntax(context.CancellationToken) is ClassDeclarationSyntax declaration
            && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            context.ReportDiagnostic(At(declaration.Identifier.GetLocation(), Rule.Broken(type.Name)));
        }
    }
}

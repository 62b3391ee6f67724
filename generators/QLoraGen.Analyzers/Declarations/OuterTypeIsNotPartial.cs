using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>A type around a [Model] or [Module] class to which no second part can be added.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OuterTypeIsNotPartial() : RuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG102", "A type around a declared model is not partial", RuleSeverity.Error,
        "'{0}' lies in '{1}', which is not partial, so nothing can be generated for it: declare '{1}' partial, or move '{0}' out.");

    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context) => context.RegisterSymbolAction(Check, SymbolKind.NamedType);

    private void Check(SymbolAnalysisContext context)
    {
        var outer = (INamedTypeSymbol)context.Symbol;
        if (Inside(outer).FirstOrDefault(static type => type.IsDeclaredModule()) is { } inner
            && outer.DeclaringSyntaxReferences is [var only] && only.GetSyntax(context.CancellationToken) is TypeDeclarationSyntax declaration
            && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            context.ReportDiagnostic(At(declaration.Identifier.GetLocation(), Rule.Broken(inner.Name, outer.Name)));
        }
    }

    private static IEnumerable<INamedTypeSymbol> Inside(INamedTypeSymbol outer) =>
        outer.GetTypeMembers().SelectMany(static type => (INamedTypeSymbol[])[type, .. Inside(type)]);
}

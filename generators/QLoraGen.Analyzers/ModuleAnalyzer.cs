using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers;

/// <summary>An analyzer that looks at each class marked [Model] or [Module] by itself.</summary>
/// <param name="rules">What it may report.</param>
public abstract class ModuleAnalyzer(params Rule[] rules) : RuleAnalyzer(rules)
{
    /// <inheritdoc/>
    protected sealed override void Start(CompilationStartAnalysisContext context) => context.RegisterSymbolAction(
        symbol =>
        {
            if (symbol.Symbol is INamedTypeSymbol type && type.IsDeclaredModule())
            {
                Check(type, symbol);
            }
        },
        SymbolKind.NamedType);

    /// <summary>Reports what is wrong with a class.</summary>
    protected abstract void Check(INamedTypeSymbol type, SymbolAnalysisContext context);
}

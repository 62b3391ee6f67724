using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>[FullPrecision] where nothing would be quantized anyway.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FullPrecisionWithoutEffect() : RuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG107", "[FullPrecision] without effect", RuleSeverity.Warning,
        "[FullPrecision] has no effect on '{0}', {1}: remove it.");

    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context) => context.RegisterSymbolAction(Check, SymbolKind.Property);

    private void Check(SymbolAnalysisContext context)
    {
        var property = (IPropertySymbol)context.Symbol;
        if (property.FindAttribute(KnownNames.FullPrecision) is not { } attribute)
        {
            return;
        }
        string? why = !property.ContainingType.IsDeclaredModule() ? "whose class is no [Model] or [Module]"
            : !property.Type.DerivesFrom(KnownNames.Linear) ? "which is not linear and is never quantized"
            : null;
        if (why is not null)
        {
            context.ReportDiagnostic(At(
                attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation(), Rule.Broken(property.Name, why)));
        }
    }
}

using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Declarations;

/// <summary>Two [Model] classes that a config.json could mean.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DuplicateModelType() : RuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG109", "Two models have one model_type", RuleSeverity.Error,
        "'{0}' has the model_type '{1}', which '{2}' has already, so a config.json could mean both: use another one.");

    /// <inheritdoc/>
    protected override bool ReportsAtEnd => true;

    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        ConcurrentBag<(string ModelType, string Name, Location? Location)> models = [];
        context.RegisterSymbolAction(
            symbol =>
            {
                var type = (INamedTypeSymbol)symbol.Symbol;
                if (type.FindAttribute(KnownNames.ModelAttribute) is { ConstructorArguments: [{ Value: string modelType }] } attribute)
                {
                    models.Add((modelType, type.ToDisplayString(), attribute.ApplicationSyntaxReference?.GetSyntax(symbol.CancellationToken).GetLocation()));
                }
            },
            SymbolKind.NamedType);
        context.RegisterCompilationEndAction(end =>
        {
            foreach (var same in models.GroupBy(static model => model.ModelType, StringComparer.Ordinal))
            {
                var ordered = same.OrderBy(static model => model.Name, StringComparer.Ordinal).ToArray();
                foreach (var later in ordered.Skip(1))
                {
                    end.ReportDiagnostic(At(later.Location, Rule.Broken(later.Name, later.ModelType, ordered[0].Name)));
                }
            }
        });
    }
}

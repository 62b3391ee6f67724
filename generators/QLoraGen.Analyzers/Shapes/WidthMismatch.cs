using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Generators.Reading;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>A tensor that reaches a layer with another width than the layer takes.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WidthMismatch() : RuleAnalyzer(Rule, SumOfDifferentWidths.Rule, HeadsAreNotDivisible.Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG201", "A layer is given another width than it takes", RuleSeverity.Error,
        "'{0}' takes '{1}' values, but what reaches it has '{2}': declare it for that width, or give it another tensor.");

    /// <inheritdoc/>
    protected override void Start(CompilationStartAnalysisContext context)
    {
        var project = new FlowProject(context.Compilation);
        context.RegisterSymbolAction(symbol => Check(symbol, project), SymbolKind.NamedType);
    }

    private void Check(SymbolAnalysisContext context, FlowProject project)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!type.IsDeclaredModule())
        {
            return;
        }
        foreach (IMethodSymbol method in type.GetMembers().OfType<IMethodSymbol>().Where(TakesTensors))
        {
            if (project.BodyOf(method) is { } body)
            {
                HashSet<SyntaxNode> told = [];
                new Flow(type, project, fault =>
                {
                    if (told.Add(fault.At))
                    {
                        context.ReportDiagnostic(At(fault.At.GetLocation(), fault.Fault));
                    }
                }).Run(method, body, depth: 0);
            }
        }
    }

    /// <summary>Whether a method computes with tensors.</summary>
    internal static bool TakesTensors(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary, IsStatic: false } && method.Parameters.Any(static p => p.Type.DerivesFrom("TorchSharp.torch.Tensor"));
}

/// <summary>Two tensors of different widths that are added or multiplied value by value.</summary>
public static class SumOfDifferentWidths
{
    /// <summary>The rule; <see cref="WidthMismatch"/> reports it.</summary>
    public static readonly Rule Rule = new(
        "QLG207", "Tensors of different widths are combined", RuleSeverity.Error,
        "One operand has '{0}' values and the other '{1}', so they cannot be combined value by value: bring them to one width.");
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QLoraGen.Analyzers.Declarations;
using QLoraGen.Rules;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>A layer that is loaded and takes memory, but that nothing is computed with.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerIsNeverUsed() : ModuleAnalyzer(Rule)
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG202", "A layer is never used", RuleSeverity.Warning,
        "'{0}' is declared, but no code uses it, so it would be loaded, frozen and perhaps trained without effect: use it in a method of '{1}', or remove it.");

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        if (!type.GetMembers().OfType<IMethodSymbol>().Any(WidthMismatch.TakesTensors))
        {
            return;   // what is computed is another class's affair, or not written yet
        }
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            // Its own class is looked at first: nearly always the answer is there.
            if (property.IsPartialDefinition && LayerInField.IsLayer(property.Type)
                && !IsNamed(property.Name, type.DeclaringSyntaxReferences.Select(part => part.GetSyntax(context.CancellationToken)))
                && !IsNamed(property.Name, context.Compilation.SyntaxTrees.Select(tree => tree.GetRoot(context.CancellationToken))))
            {
                context.ReportDiagnostic(At(property.Locations[0], Rule.Broken(property.Name, type.Name)));
            }
        }
    }

    // By name alone: another class's layer of the same name hides a fault, which is better than a false alarm.
    private static bool IsNamed(string name, IEnumerable<SyntaxNode> code) => code
        .Where(static node => !node.SyntaxTree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))   // the generated part names every layer
        .SelectMany(static node => node.DescendantNodes())
        .Any(node => node is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name);
}

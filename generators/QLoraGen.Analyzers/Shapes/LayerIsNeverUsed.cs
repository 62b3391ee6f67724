using System.Runtime.CompilerServices;
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

    // Of files that are not edited the names stay the same from one keystroke to the next.
    private static readonly ConditionalWeakTable<SyntaxTree, HashSet<string>> names = new();

    /// <inheritdoc/>
    protected override void Check(INamedTypeSymbol type, SymbolAnalysisContext context)
    {
        if (!type.GetMembers().OfType<IMethodSymbol>().Any(WidthMismatch.TakesTensors))
        {
            return;   // what is computed is another class's affair, or not written yet
        }
        SyntaxTree[] own = [.. type.DeclaringSyntaxReferences.Select(static part => part.SyntaxTree)];
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            // Its own files are looked at first: nearly always the answer is there.
            if (property.IsPartialDefinition && LayerInField.IsLayer(property.Type)
                && !own.Concat(context.Compilation.SyntaxTrees).Any(tree => NamesIn(tree, context.CancellationToken).Contains(property.Name)))
            {
                context.ReportDiagnostic(At(property.Locations[0], Rule.Broken(property.Name, type.Name)));
            }
        }
    }

    // By name alone: another class's layer of the same name hides a fault, which is better than a false alarm.
    private static HashSet<string> NamesIn(SyntaxTree tree, CancellationToken cancellation)
    {
        if (!names.TryGetValue(tree, out HashSet<string>? found))
        {
            found = tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) ? []   // the generated part names every layer
                : [.. tree.GetRoot(cancellation).DescendantNodes().OfType<IdentifierNameSyntax>().Select(static identifier => identifier.Identifier.ValueText)];
            names.GetValue(tree, _ => found);
        }
        return found;
    }
}

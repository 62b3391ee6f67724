using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QLoraGen.CodeFixes;

/// <summary>Writes the value that the rule names: the right name of a target, a rank or a block size that fits.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ReplaceValue() : NodeFix<LiteralExpressionSyntax>("Use the value that fits", "QLG206", "QLG301", "QLG302", "QLG305", "QLG306")
{
    // RuleAnalyzer.FixProperty; the analyzers' assembly is not needed for one word.
    private const string Property = "fix";

    /// <inheritdoc/>
    protected override string TitleOf(Diagnostic diagnostic) => $"Use {diagnostic.Properties[Property]}";

    /// <inheritdoc/>
    protected override bool CanFix(LiteralExpressionSyntax node, Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(Property, out string? value) && value is not null;

    /// <inheritdoc/>
    protected override Task<Solution> FixAsync(
        Document document, SyntaxNode root, LiteralExpressionSyntax node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        string value = diagnostic.Properties[Property]!;
        LiteralExpressionSyntax mended = node.IsKind(SyntaxKind.StringLiteralExpression)
            ? SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(value))
            : SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(int.Parse(value, CultureInfo.InvariantCulture)));
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(node, mended.WithTriviaFrom(node))).Project.Solution);
    }
}

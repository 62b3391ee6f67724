using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QLoraGen.CodeFixes;

/// <summary>Declares a type partial, so that the generator can add to it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MakePartial() : NodeFix<TypeDeclarationSyntax>("Make it partial", "QLG101", "QLG102")
{
    /// <inheritdoc/>
    protected override Task<Solution> FixAsync(
        Document document, SyntaxNode root, TypeDeclarationSyntax node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        // Without other modifiers it takes what stands before the keyword: comments and line ends.
        TypeDeclarationSyntax mended = node.Modifiers.Count > 0
            ? node.WithModifiers(node.Modifiers.Add(partial))
            : node.WithKeyword(node.Keyword.WithLeadingTrivia()).WithModifiers([partial.WithLeadingTrivia(node.Keyword.LeadingTrivia)]);
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(node, mended)).Project.Solution);
    }
}

using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QLoraGen.CodeFixes;

/// <summary>Takes away the accessor by which a layer could be replaced.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RemoveSetter() : NodeFix<AccessorDeclarationSyntax>("Make it get-only", "QLG110")
{
    /// <inheritdoc/>
    protected override Task<Solution> FixAsync(
        Document document, SyntaxNode root, AccessorDeclarationSyntax node, Diagnostic diagnostic, CancellationToken cancellation) =>
        Task.FromResult(document.WithSyntaxRoot(root.RemoveNode(node, SyntaxRemoveOptions.KeepNoTrivia)!).Project.Solution);
}

using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QLoraGen.CodeFixes;

/// <summary>Takes away an attribute that has no effect.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RemoveAttribute() : NodeFix<AttributeSyntax>("Remove the attribute", "QLG106", "QLG107")
{
    /// <inheritdoc/>
    protected override Task<Solution> FixAsync(
        Document document, SyntaxNode root, AttributeSyntax node, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var list = (AttributeListSyntax)node.Parent!;
        SyntaxNode mended;
        if (list.Attributes.Count > 1 || list.Parent is not MemberDeclarationSyntax member)
        {
            mended = root.RemoveNode(node, SyntaxRemoveOptions.KeepNoTrivia)!;
        }
        else
        {
            // What stands before the list, comments and empty lines, stands before what follows it.
            SyntaxTriviaList before = member.GetLeadingTrivia();
            mended = root.ReplaceNode(member, member.WithAttributeLists(member.AttributeLists.Remove(list)).WithLeadingTrivia(before));
        }
        return Task.FromResult(document.WithSyntaxRoot(mended).Project.Solution);
    }
}

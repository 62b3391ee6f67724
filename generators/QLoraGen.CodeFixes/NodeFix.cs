using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace QLoraGen.CodeFixes;

/// <summary>A fix that changes the <typeparamref name="TNode"/> at the fault.</summary>
/// <param name="title">What the editor offers.</param>
/// <param name="ids">The rules that it mends.</param>
public abstract class NodeFix<TNode>(string title, params string[] ids) : CodeFixProvider
    where TNode : SyntaxNode
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. ids];

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<TNode>() is { } node
                && CanFix(node, diagnostic))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(TitleOf(diagnostic), c => FixAsync(context.Document, root, node, diagnostic, c), equivalenceKey: diagnostic.Id), diagnostic);
            }
        }
    }

    /// <summary>What the editor offers for a fault.</summary>
    protected virtual string TitleOf(Diagnostic diagnostic) => title;

    /// <summary>Whether this one can be mended.</summary>
    protected virtual bool CanFix(TNode node, Diagnostic diagnostic) => true;

    /// <summary>The project, mended.</summary>
    protected abstract Task<Solution> FixAsync(Document document, SyntaxNode root, TNode node, Diagnostic diagnostic, CancellationToken cancellation);
}

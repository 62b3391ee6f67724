using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QLoraGen.Generators.Remembering;

/// <summary>
/// Compares two versions of a file by what they declare. Initializers and the expressions of properties count, since sizes are
/// read from them; bodies of methods and accessors do not. <c>SyntaxFactory.AreEquivalent</c> passes over either both or neither.
/// </summary>
internal static class SameDeclarations
{
    public static bool In(SyntaxTree a, SyntaxTree b)
    {
        (SyntaxNode x, SyntaxNode y) = (a.GetRoot(), b.GetRoot());
        return a.Options.Equals(b.Options) && Same(x, y) && Directives(x).SequenceEqual(Directives(y));
    }

    private static bool Same(SyntaxNode a, SyntaxNode b)
    {
        if (a.IsIncrementallyIdenticalTo(b))   // the parser has taken it over: nearly everything, after a keystroke
        {
            return true;
        }
        if (a.RawKind != b.RawKind)
        {
            return false;
        }
        using var others = Parts(b).GetEnumerator();
        foreach (SyntaxNodeOrToken part in Parts(a))
        {
            if (!others.MoveNext() || !Same(part, others.Current))
            {
                return false;
            }
        }
        return !others.MoveNext();
    }

    private static bool Same(SyntaxNodeOrToken a, SyntaxNodeOrToken b) => (a.AsNode(), b.AsNode()) switch
    {
        ({ } x, { } y) => Same(x, y),
        // What cannot be read is kept as its text, with a blank where there is anything between tokens.
        (null, null) => a.RawKind == b.RawKind && a.AsToken().Text == b.AsToken().Text
            && a.HasLeadingTrivia == b.HasLeadingTrivia && a.HasTrailingTrivia == b.HasTrailingTrivia,
        _ => false,
    };

    private static IEnumerable<SyntaxNodeOrToken> Parts(SyntaxNode node)
    {
        foreach (SyntaxNodeOrToken part in node.ChildNodesAndTokens())
        {
            if (!IsBody(part.AsNode()))
            {
                yield return part;
            }
        }
    }

    private static bool IsBody(SyntaxNode? node) => node switch
    {
        BlockSyntax => node.Parent is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax,
        ArrowExpressionClauseSyntax => node.Parent is BaseMethodDeclarationSyntax,
        GlobalStatementSyntax => true,
        _ => false,
    };

    // #nullable says what all types below it mean, wherever it stands.
    private static IEnumerable<string> Directives(SyntaxNode root) => !root.ContainsDirectives ? [] : root
        .DescendantTrivia(static node => node.ContainsDirectives)
        .Where(static trivia => trivia.IsDirective)
        .Select(static trivia => trivia.ToString());
}

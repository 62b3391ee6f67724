using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QLoraGen.Generators.Sizes;

/// <summary>
/// From C# to an <see cref="Expression"/>. Syntax alone is asked wherever it suffices: declarations are read again at every
/// keystroke, and binding is what costs.
/// </summary>
/// <param name="name">What a plain name means, or null where it is not known by itself.</param>
/// <param name="constant">The value of a constant that is declared elsewhere; null where there is none.</param>
internal sealed class ExpressionReader(Func<string, Expression?> name, Func<ExpressionSyntax, Optional<object?>>? constant = null)
{
    private const int DeepestRead = 64;

    /// <summary>Reads the text of an expression that <see cref="ExpressionText"/> wrote.</summary>
    public static Expression Parse(string text, Func<string, Expression?> name) => new ExpressionReader(name).Read(SyntaxFactory.ParseExpression(text));

    /// <summary>Reads an expression; what cannot be followed is <see cref="Unreadable"/>.</summary>
    public Expression Read(ExpressionSyntax syntax) => Read(syntax, 0);

    private Expression Read(ExpressionSyntax syntax, int depth) => (depth > DeepestRead ? null : syntax switch
    {
        ParenthesizedExpressionSyntax inner => Read(inner.Expression, depth + 1),
        CheckedExpressionSyntax inner => Read(inner.Expression, depth + 1),
        CastExpressionSyntax { Type: PredefinedTypeSyntax { Keyword.ValueText: "int" or "long" } } cast => Read(cast.Expression, depth + 1),
        LiteralExpressionSyntax literal => Literal(literal),
        IdentifierNameSyntax identifier => name(identifier.Identifier.ValueText),
        FieldExpressionSyntax => Parameter.Field,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => name(access.Name.Identifier.ValueText),
        MemberAccessExpressionSyntax access when Read(access.Expression, depth + 1) is (Parameter or Property) and var of =>
            new Property(of, access.Name.Identifier.ValueText),
        PrefixUnaryExpressionSyntax { OperatorToken.Text: "-" or "!" } unary => new Unary(unary.OperatorToken.Text, Read(unary.Operand, depth + 1)),
        BinaryExpressionSyntax { OperatorToken.Text: "+" or "-" or "*" or "/" or "%" or "==" or "!=" or "<" or "<=" or ">" or ">=" or "&&" or "||" or "??" } binary =>
            new Binary(Read(binary.Left, depth + 1), binary.OperatorToken.Text, Read(binary.Right, depth + 1)),
        ConditionalExpressionSyntax c => new Conditional(Read(c.Condition, depth + 1), Read(c.WhenTrue, depth + 1), Read(c.WhenFalse, depth + 1)),
        _ => null,
    }) ?? Elsewhere(syntax);

    private Expression Elsewhere(ExpressionSyntax syntax) =>
        constant is not null && constant(syntax) is { HasValue: true, Value: var value } ? Of(value, syntax) : new Unreadable(OneLine(syntax));

    private static Expression? Literal(LiteralExpressionSyntax literal) => literal.Kind() switch
    {
        SyntaxKind.DefaultLiteralExpression => null,
        SyntaxKind.NullLiteralExpression => new Constant(null),
        _ => Of(literal.Token.Value, literal),
    };

    /// <summary>A constant; what is neither a number, a text nor a truth value is <see cref="Unreadable"/>.</summary>
    public static Expression Of(object? value) => value switch
    {
        null or bool or string or double or long => new Constant(value),
        int or short or ushort or byte or sbyte or uint => new Constant(Convert.ToInt64(value)),
        float single => new Constant((double)single),
        _ => new Unreadable(value.ToString()),
    };

    private static Expression Of(object? value, ExpressionSyntax syntax) => Of(value) is Constant constant ? constant : new Unreadable(OneLine(syntax));

    /// <summary>The expression without comments and line ends: it becomes a comment itself.</summary>
    private static string OneLine(SyntaxNode expression)
    {
        var text = new System.Text.StringBuilder();
        foreach (SyntaxToken token in expression.DescendantTokens())
        {
            if (text.Length > 0 && (token.HasLeadingTrivia || token.GetPreviousToken().HasTrailingTrivia))
            {
                text.Append(' ');
            }
            text.Append(token.Text);
        }
        return Regex.Replace(text.ToString(), @"\s+", " ");   // within a token: a raw string's lines
    }
}

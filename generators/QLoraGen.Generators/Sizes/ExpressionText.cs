using System.Globalization;
using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators.Sizes;

/// <summary>Expressions as C# spells them, with no more parentheses than are needed.</summary>
internal static class ExpressionText
{
    private const int Tightest = 10;

    public static string Of(Expression expression) => Write(expression, 0);

    private static string Write(Expression expression, int around) => expression switch
    {
        Constant { Value: null } => "null",
        Constant { Value: bool value } => CSharp.Literal(value),
        Constant { Value: string value } => CSharp.Literal(value),
        Constant { Value: double value } => CSharp.Literal(value),
        Constant { Value: var value } => Convert.ToString(value, CultureInfo.InvariantCulture),
        Parameter { Name: var name } => name,
        Property { Of: null, Name: var name } => name,
        Property { Of: var of, Name: var name } => $"{Write(of!, Tightest)}.{name}",
        Unary { Operator: var op, Operand: var operand } => $"{op}{Write(operand, Tightest)}",
        Binary binary => Parenthesized(
            $"{Write(binary.Left, Strength(binary.Operator))} {binary.Operator} {Write(binary.Right, Strength(binary.Operator) + 1)}",
            Strength(binary.Operator) < around),
        Conditional c => Parenthesized($"{Write(c.Condition, 1)} ? {Write(c.WhenTrue, 1)} : {Write(c.WhenFalse, 0)}", around > 0),
        Unreadable { Text: var text } => Parenthesized(text, around == Tightest),
        _ => throw new InvalidOperationException($"{expression.GetType().Name} has no text."),
    };

    private static string Parenthesized(string text, bool needed) => needed ? $"({text})" : text;

    private static int Strength(string op) => op switch
    {
        "*" or "/" or "%" => 8,
        "+" or "-" => 7,
        "<" or "<=" or ">" or ">=" => 5,
        "==" or "!=" => 4,
        "&&" => 3,
        "||" => 2,
        _ => 1,
    };
}

using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace QLoraGen.Generators.Writing;

/// <summary>Names and values as C# spells them.</summary>
internal static class CSharp
{
    /// <summary>The name, with an @ where it is a keyword.</summary>
    public static string Identifier(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : $"@{name}";

    public static string Literal(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    public static string Literal(bool value) => value ? "true" : "false";

    /// <summary>With a digit separator every three digits from five digits on.</summary>
    public static string Literal(long value) =>
        value is > -10_000 and < 10_000 ? value.ToString(CultureInfo.InvariantCulture) : value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', '_');

    public static string Literal(double value) => value switch
    {
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators.Reading;

/// <summary>The types around a class, to which its generated part must be added as well.</summary>
internal static class OuterTypes
{
    /// <summary>The outermost first.</summary>
    public static IEnumerable<INamedTypeSymbol> Of(INamedTypeSymbol type)
    {
        Stack<INamedTypeSymbol> outer = new();
        for (INamedTypeSymbol? t = type.ContainingType; t is not null; t = t.ContainingType)
        {
            outer.Push(t);
        }
        return outer;
    }

    /// <summary>Whether another file can add a part.</summary>
    public static bool CanBeExtended(INamedTypeSymbol type) =>
        type is { IsGenericType: false, IsFileLocal: false } && type.DeclaringSyntaxReferences.All(static part =>
            part.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary><c>partial class Outer</c>.</summary>
    public static string Declaration(INamedTypeSymbol type) => $"partial {Keyword(type)} {CSharp.Identifier(type.Name)}";

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
        { IsRecord: true } => "record",
        { TypeKind: TypeKind.Struct } => "struct",
        _ => "class",
    };
}

using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Writing;

namespace QLoraGen.Generators.Reading;

/// <summary>Types as generated code writes them: short where its namespace or the using inside it shows them, else in full.</summary>
internal static class TypeNames
{
    private static readonly SymbolDisplayFormat full =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static string InFull(ITypeSymbol type) => type.ToDisplayString(full);

    public static string Of(ITypeSymbol type, INamespaceSymbol from)
    {
        if (type is not INamedTypeSymbol { ContainingType: null } named || !IsVisible(named, from))
        {
            return InFull(type);
        }
        string mark = type.NullableAnnotation == NullableAnnotation.Annotated ? "?" : "";
        string arguments = string.Join(", ", named.TypeArguments.Select(argument => Of(argument, from)));
        return CSharp.Identifier(named.Name) + (arguments.Length == 0 ? "" : $"<{arguments}>") + mark;
    }

    // Inside a namespace its own types come first, then its usings, and only then what stands around it.
    private static bool IsVisible(INamedTypeSymbol type, INamespaceSymbol from) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingNamespace, from)
        || (type.ContainingNamespace.IsRuntime() && !from.GetMembers(type.Name).Any());
}

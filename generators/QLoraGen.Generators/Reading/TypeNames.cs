using Microsoft.CodeAnalysis;

namespace QLoraGen.Generators.Reading;

/// <summary>Types as generated code writes them: short where its one <c>using</c> or its namespace allows, else in full.</summary>
internal static class TypeNames
{
    public static string Of(ITypeSymbol type, INamespaceSymbol from)
    {
        string mark = type.NullableAnnotation == NullableAnnotation.Annotated ? "?" : "";
        if (type is not INamedTypeSymbol named || named.ContainingType is not null || !IsVisible(named.ContainingNamespace, from))
        {
            return type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + mark;
        }
        string arguments = named.TypeArguments.Length == 0 ? "" : $"<{string.Join(", ", named.TypeArguments.Select(argument => Of(argument, from)))}>";
        return named.Name + arguments + mark;
    }

    private static bool IsVisible(INamespaceSymbol space, INamespaceSymbol from)
    {
        if (space.ToDisplayString() == KnownNames.RuntimeNamespace)
        {
            return true;
        }
        for (INamespaceSymbol? outer = from; outer is not null; outer = outer.ContainingNamespace)
        {
            if (SymbolEqualityComparer.Default.Equals(outer, space))
            {
                return true;
            }
        }
        return false;
    }
}

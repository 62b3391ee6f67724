using Microsoft.CodeAnalysis;

namespace QLoraGen.Generators.Reading;

/// <summary>Questions asked of symbols and attributes while reading.</summary>
internal static class SymbolExtensions
{
    public static bool DerivesFrom(this ITypeSymbol type, string baseName)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (t.IsNamed(baseName))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether a type without type parameters has this name in full. It is asked of every member, so no text is made of the symbol.</summary>
    public static bool IsNamed(this ITypeSymbol type, string fullName) =>
        type is not INamedTypeSymbol { Arity: > 0 } && HasName(type, fullName, fullName.Length);

    /// <summary>Whether it is the namespace that the runtime's types stand in.</summary>
    public static bool IsRuntime(this INamespaceSymbol space) =>
        space is { Name: KnownNames.RuntimeNamespace, ContainingNamespace.IsGlobalNamespace: true };

    public static IEnumerable<ITypeSymbol> BaseTypesAndSelf(this ITypeSymbol type)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            yield return t;
        }
    }

    /// <summary>Whether the type is the runtime's list of modules.</summary>
    public static bool IsModuleList(this ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: KnownNames.ModuleList, TypeArguments.Length: 1 }
        && type.ContainingNamespace.IsRuntime();

    /// <summary>Whether the class is marked [Model] or [Module].</summary>
    public static bool IsDeclaredModule(this INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Class
        && (type.FindAttribute(KnownNames.ModelAttribute) is not null || type.FindAttribute(KnownNames.ModuleAttribute) is not null);

    /// <summary>The runtime's attribute of that name on the symbol, or null.</summary>
    public static AttributeData? FindAttribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute =>
            attribute.AttributeClass is { } type && type.Name == name && type.ContainingNamespace.IsRuntime());

    public static T Named<T>(this AttributeData attribute, string name, T otherwise) =>
        attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value.Value is T value ? value : otherwise;

    public static IEnumerable<T> NamedArray<T>(this AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value is { Kind: TypedConstantKind.Array, IsNull: false } array
            ? array.Values.Select(static value => value.Value).OfType<T>()
            : [];

    // Compares from the end on, since namesakes tend to differ there.
    private static bool HasName(ISymbol symbol, string fullName, int end)
    {
        int start = end - symbol.Name.Length;
        if (start < 0 || string.CompareOrdinal(fullName, start, symbol.Name, 0, symbol.Name.Length) != 0)
        {
            return false;
        }
        return symbol.ContainingSymbol is INamespaceSymbol { IsGlobalNamespace: true } or null
            ? start == 0
            : start > 1 && fullName[start - 1] == '.' && HasName(symbol.ContainingSymbol, fullName, start - 1);
    }
}

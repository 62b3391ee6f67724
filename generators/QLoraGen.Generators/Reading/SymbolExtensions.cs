using Microsoft.CodeAnalysis;

namespace QLoraGen.Generators.Reading;

/// <summary>Questions asked of symbols and attributes while reading.</summary>
internal static class SymbolExtensions
{
    public static bool DerivesFrom(this ITypeSymbol type, string baseName) =>
        type.BaseTypesAndSelf().Any(t => t.ToDisplayString(NullableFlowState.None) == baseName);

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
        && type.ContainingNamespace.ToDisplayString() == KnownNames.RuntimeNamespace;

    /// <summary>Whether the class is marked [Model] or [Module].</summary>
    public static bool IsDeclaredModule(this INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Class
        && (type.FindAttribute(KnownNames.ModelAttribute) is not null || type.FindAttribute(KnownNames.ModuleAttribute) is not null);

    /// <summary>The runtime's attribute of that name on the symbol, or null.</summary>
    public static AttributeData? FindAttribute(this ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute =>
            attribute.AttributeClass is { } type && type.Name == name && type.ContainingNamespace.ToDisplayString() == KnownNames.RuntimeNamespace);

    public static T Named<T>(this AttributeData attribute, string name, T otherwise) =>
        attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value.Value is T value ? value : otherwise;

    public static IEnumerable<string> NamedStrings(this AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(pair => pair.Key == name).Value is { Kind: TypedConstantKind.Array, IsNull: false } array
            ? array.Values.Select(static value => value.Value).OfType<string>()
            : [];
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Reading;

/// <summary>From a configuration's type to its <see cref="ConfigModel"/>.</summary>
/// <param name="compilation">The project; sources of others are not looked at.</param>
/// <param name="cancellation">Stops the reading.</param>
internal sealed class ConfigReader(Compilation compilation, CancellationToken cancellation)
{
    private const int DeepestNested = 4;

    /// <param name="type">The record.</param>
    /// <param name="model">The model class that it configures: where it comes from another assembly, that class tells what no metadata shows.</param>
    public ConfigModel Read(ITypeSymbol type, INamedTypeSymbol? model) => Read(type, model is null ? [] : MetadataOf(model), 0);

    private ConfigModel Read(ITypeSymbol type, IReadOnlyDictionary<string, AttributeData> metadata, int depth)
    {
        HashSet<string> names = [];
        List<IPropertySymbol> properties = [];
        foreach (IPropertySymbol property in type.BaseTypesAndSelf().Reverse().SelectMany(static t => t.GetMembers()).OfType<IPropertySymbol>())
        {
            if (property is { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public } && property.Name != "EqualityContract")
            {
                properties.RemoveAll(earlier => earlier.Name == property.Name);
                properties.Add(property);
                names.Add(property.Name);
            }
        }
        return new ConfigModel(
            TypeNames.InFull(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)),
            EquatableArray<ConfigProperty>.From(properties.Select(property => Read(property, names, metadata, depth))));
    }

    private ConfigProperty Read(IPropertySymbol property, HashSet<string> names, IReadOnlyDictionary<string, AttributeData> metadata, int depth)
    {
        bool nullable = property.Type.NullableAnnotation == NullableAnnotation.Annotated;
        ITypeSymbol type = property.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } boxed
            ? boxed.TypeArguments[0]
            : property.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        bool stored = property.SetMethod is not null && !IsIgnored(property);
        (Expression? start, Expression? getter) = SyntaxOf(property) is { } syntax
            ? FromSource(property, syntax, names, nullable)
            : FromMetadata(property.Name, names, metadata);
        bool nested = stored && type is { TypeKind: TypeKind.Class, SpecialType: SpecialType.None, IsRecord: true } && depth < DeepestNested;
        return new ConfigProperty(
            property.Name, KeyOf(property), TypeNames.InFull(type), nullable, property.IsRequired, stored, start, getter,
            nested ? Read(type, metadata: new Dictionary<string, AttributeData>(), depth + 1) : null);
    }

    private (Expression? Default, Expression? Getter) FromSource(
        IPropertySymbol property, PropertyDeclarationSyntax syntax, HashSet<string> names, bool nullable)
    {
        var reader = new ExpressionReader(
            name => names.Contains(name) ? new Property(null, name) : null,
            expression => compilation.GetSemanticModel(syntax.SyntaxTree).GetConstantValue(expression, cancellation));
        ExpressionSyntax? body = syntax.ExpressionBody?.Expression
            ?? syntax.AccessorList?.Accessors.FirstOrDefault(static a => a.Keyword.ValueText == "get")?.ExpressionBody?.Expression;
        return (
            property.IsRequired || property.SetMethod is null ? null : syntax.Initializer is { Value: { } value } ? reader.Read(value) : DefaultOf(property.Type, nullable),
            body is null ? null : reader.Read(body));
    }

    private static (Expression? Default, Expression? Getter) FromMetadata(
        string property, HashSet<string> names, IReadOnlyDictionary<string, AttributeData> metadata)
    {
        return metadata.TryGetValue(property, out AttributeData? attribute) ? (Parse("Default"), Parse("Getter")) : (null, null);

        Expression? Parse(string part) => attribute.Named(part, "") is { Length: > 0 } text
            ? ExpressionReader.Parse(text, name => names.Contains(name) ? new Property(null, name) : name == Parameter.Field.Name ? Parameter.Field : null)
            : null;
    }

    private PropertyDeclarationSyntax? SyntaxOf(IPropertySymbol property) =>
        property.DeclaringSyntaxReferences.FirstOrDefault() is { } reference && compilation.ContainsSyntaxTree(reference.SyntaxTree)
            ? reference.GetSyntax(cancellation) as PropertyDeclarationSyntax
            : null;

    private static Constant? DefaultOf(ITypeSymbol type, bool nullable) => type.SpecialType switch
    {
        _ when nullable => new Constant(null),
        SpecialType.System_Int32 or SpecialType.System_Int64 => new Constant(0L),
        SpecialType.System_Double or SpecialType.System_Single => new Constant(0.0),
        SpecialType.System_Boolean => new Constant(false),
        _ => null,
    };

    private static bool IsIgnored(IPropertySymbol property) =>
        property.GetAttributes().Any(static a => a.AttributeClass?.Name == "JsonIgnoreAttribute");

    private static string KeyOf(IPropertySymbol property) =>
        property.GetAttributes().FirstOrDefault(static a => a.AttributeClass?.Name == "JsonPropertyNameAttribute")
            is { ConstructorArguments: [{ Value: string key }] } ? key : SnakeCase.From(property.Name);

    private static Dictionary<string, AttributeData> MetadataOf(INamedTypeSymbol model)
    {
        Dictionary<string, AttributeData> found = new(StringComparer.Ordinal);
        foreach (AttributeData attribute in model.GetAttributes())
        {
            if (attribute.AttributeClass?.Name == KnownNames.ConfigPropertyAttribute && attribute.ConstructorArguments is [{ Value: string name }])
            {
                found[name] = attribute;
            }
        }
        return found;
    }
}

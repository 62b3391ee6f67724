using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Reading;

/// <summary>The layers and modules that a class declares, from its source or from what the generator left of it in an assembly.</summary>
/// <param name="compilation">The project.</param>
/// <param name="cancellation">Stops the reading.</param>
internal sealed class MemberReader(Compilation compilation, CancellationToken cancellation)
{
    private static readonly PerCompilation<IReadOnlyList<MemberModel>> known = new();

    private readonly CreationReader creations = new(compilation, cancellation);

    /// <summary>In the order of declaration, which is that of the region.</summary>
    public IReadOnlyList<MemberModel> Read(INamedTypeSymbol type) => known.Get(compilation, type, () => [.. IsSource(type) ? FromSource(type) : FromMetadata(type)]);

    private IEnumerable<MemberModel> FromSource(INamedTypeSymbol type)
    {
        string[] parameters = [.. type.InstanceConstructors.SelectMany(static c => c.Parameters).Select(static p => p.Name)];
        return type.GetMembers().OfType<IPropertySymbol>().Where(static property => property.IsPartialDefinition)
            .Select(property => FromSource(property, parameters)).OfType<MemberModel>();
    }

    private static IEnumerable<MemberModel> FromMetadata(INamedTypeSymbol type) => type.GetAttributes()
        .Where(static a => a.AttributeClass?.Name == KnownNames.DeclaredShapeAttribute)
        .Select(attribute => FromMetadata(type, attribute)).OfType<MemberModel>();

    /// <returns>Null for a property that is neither a layer nor a module.</returns>
    private MemberModel? FromSource(IPropertySymbol property, string[] parameters)
    {
        if (!IsMember(property) || property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not PropertyDeclarationSyntax syntax)
        {
            return null;
        }
        string modifiers = string.Join(" ", syntax.Modifiers.Where(static m => !m.IsKind(SyntaxKind.PartialKeyword)).Select(static m => m.Text));
        return Of(property, modifiers, isSource: true, property.Type is INamedTypeSymbol type ? creations.Read(syntax, type, parameters) : null)
            with { Accessors = Accessors(syntax), IsMade = syntax.Initializer is not null || property.Type.NullableAnnotation == NullableAnnotation.Annotated };
    }

    // A setter is refused by a rule of its own; without its other half the compiler would stop before that is said.
    private static string Accessors(PropertyDeclarationSyntax syntax) => string.Join(" ", syntax.AccessorList?.Accessors.Select(static accessor =>
        $"{string.Concat(accessor.Modifiers.Select(static m => $"{m.Text} "))}{accessor.Keyword.Text} => {(accessor.Keyword.Text == "get" ? "field" : "field = value")};") ?? []);

    private static MemberModel? FromMetadata(INamedTypeSymbol type, AttributeData attribute)
    {
        if (attribute.ConstructorArguments is not [{ Value: string name }, { Kind: TypedConstantKind.Array, Values: var arguments }]
            || type.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is not { } property || !IsMember(property))
        {
            return null;
        }
        IEnumerable<ArgumentModel> read = arguments.Select(static argument => argument.Value).OfType<string>()
            .Select(static text => text.Split([": "], 2, StringSplitOptions.None)).Where(static parts => parts.Length == 2)
            .Select(static parts => new ArgumentModel(parts[0], Parse(parts[1])!));
        return Of(property, "", isSource: false, attribute.Named("Unread", false) ? null : new CreationModel(
            EquatableArray<ArgumentModel>.From(read), Parse(attribute.Named("Count", "")), Parse(attribute.Named("Condition", ""))));
    }

    private static MemberModel Of(IPropertySymbol property, string modifiers, bool isSource, CreationModel? creation)
    {
        bool isLayer = property.Type.DerivesFrom(KnownNames.LayerBase);
        return new MemberModel(
            property.Name,
            TypeNames.Of(property.Type, property.ContainingType.ContainingNamespace),
            modifiers,
            Accessors: "get => field;",
            IsMade: true,
            property.FindAttribute(KnownNames.Key)?.ConstructorArguments is [{ Value: string key }] ? key : SnakeCase.From(property.Name),
            isLayer ? MemberKind.Layer : MemberKind.Module,
            IsOptional: property.Type.NullableAnnotation == NullableAnnotation.Annotated,
            IsLinear: property.Type.DerivesFrom(KnownNames.Linear),
            IsEmbedding: property.Type.DerivesFrom(KnownNames.Embedding),
            FullPrecision: property.FindAttribute(KnownNames.FullPrecision) is not null,
            IsVisible: property.DeclaredAccessibility == Accessibility.Public || (isSource && property.DeclaredAccessibility == Accessibility.Internal),
            isLayer ? EquatableArray<TensorModel>.From(TensorReader.Read(property.Type, creation)) : default,
            creation);
    }

    private static bool IsMember(IPropertySymbol property) =>
        property.Type.DerivesFrom(KnownNames.LayerBase) || property.Type.DerivesFrom(KnownNames.ModuleBase);

    private static Expression? Parse(string text) =>
        text.Length == 0 ? null : ExpressionReader.Parse(text, static name => new Parameter(name));

    // A class of another project may have source too, but not in this compilation.
    private bool IsSource(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.FirstOrDefault() is { } part && compilation.ContainsSyntaxTree(part.SyntaxTree);
}

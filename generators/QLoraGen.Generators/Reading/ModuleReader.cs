using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Reading;

/// <summary>From a class symbol to its <see cref="ModuleModel"/>.</summary>
internal static class ModuleReader
{
    /// <returns>Null where a generated part could not compile, and for a [Model], which is read as one.</returns>
    public static ModuleModel? ReadModule(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        context.TargetSymbol.FindAttribute(KnownNames.ModelAttribute) is null && TypeOf(context, KnownNames.ModuleBase) is { } type
            ? Read(type, root: null, context.SemanticModel, cancellation)
            : null;

    /// <returns>Null where a generated part could not compile.</returns>
    public static ModuleModel? ReadModel(GeneratorAttributeSyntaxContext context, CancellationToken cancellation) =>
        TypeOf(context, KnownNames.ModelBase) is { IsAbstract: false } type && RootReader.Read(type, context.Attributes[0], new TreeReader(context.SemanticModel.Compilation, cancellation)) is { } root
            ? Read(type, root, context.SemanticModel, cancellation)
            : null;

    /// <summary>The class, or null where another file cannot add a part to it or its base has nothing to override.</summary>
    private static INamedTypeSymbol? TypeOf(GeneratorAttributeSyntaxContext context, string baseName) =>
        context.TargetSymbol is INamedTypeSymbol { IsGenericType: false, IsFileLocal: false } type
        && ((ClassDeclarationSyntax)context.TargetNode).Modifiers.Any(SyntaxKind.PartialKeyword)
        && OuterTypes.Of(type).All(OuterTypes.CanBeExtended)
        && type.DerivesFrom(baseName)
            ? type
            : null;

    private static ModuleModel Read(INamedTypeSymbol type, RootModel? root, SemanticModel semantics, CancellationToken cancellation)
    {
        IEnumerable<MemberModel> members = new MemberReader(semantics.Compilation, cancellation).Read(type);
        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        return new ModuleModel(
            space, EquatableArray<string>.From(OuterTypes.Of(type).Select(OuterTypes.Declaration)), type.Name, EquatableArray<MemberModel>.From(members), root);
    }
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Reading;

/// <summary>From a class symbol to its <see cref="ModuleModel"/>.</summary>
internal static class ModuleReader
{
    /// <returns>Null where a generated part could not compile: the class is not partial, nested or generic.</returns>
    public static ModuleModel? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var declaration = (ClassDeclarationSyntax)context.TargetNode;
        if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword) || type.ContainingType is not null || type.IsGenericType
            || !type.DerivesFrom(KnownNames.ModuleBase))
        {
            return null;
        }
        RootModel? root = null;
        if (context.Attributes[0].ConstructorArguments is [{ Value: string modelType }])
        {
            root = RootReader.Read(type, modelType);
            if (root is null)
            {
                return null;
            }
        }
        IEnumerable<MemberModel> members = type.GetMembers().OfType<IPropertySymbol>()
            .Where(static property => property.IsPartialDefinition)
            .Select(property => MemberReader.Read(property, context.SemanticModel, cancellation))
            .OfType<MemberModel>();
        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        return new ModuleModel(space, type.Name, EquatableArray<MemberModel>.From(members), root);
    }
}

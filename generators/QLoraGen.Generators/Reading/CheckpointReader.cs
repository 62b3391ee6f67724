using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Reading;

/// <summary>From a class marked [Checkpoint] to its <see cref="CheckpointModel"/>.</summary>
internal static class CheckpointReader
{
    /// <returns>Null where a generated part could not compile.</returns>
    public static CheckpointModel? Read(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        if (context.TargetSymbol is not INamedTypeSymbol { ContainingType: null, IsGenericType: false, IsFileLocal: false, IsAbstract: false } type
            || !((ClassDeclarationSyntax)context.TargetNode).Modifiers.Any(SyntaxKind.PartialKeyword))
        {
            return null;
        }
        return Read(type, context.SemanticModel.Compilation, cancellation);
    }

    /// <summary>The class with the policies that hold for it; null where it derives from no model that can be made.</summary>
    public static CheckpointModel? Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        if (type.FindAttribute(KnownNames.CheckpointAttribute)?.ConstructorArguments is not [{ Value: string file }]
            || ModelOf(type) is not { } model || RootReader.ConstructorOf(model) is not { } constructor
            || RootReader.Read(model, model.FindAttribute(KnownNames.ModelAttribute)!, new TreeReader(compilation, cancellation)) is not { } root)
        {
            return null;
        }
        bool isModel = SymbolEqualityComparer.Default.Equals(model, type);
        PolicyModel own = isModel ? new PolicyModel(null, null) : new PolicyModel(RootReader.ReadQuantized(type), RootReader.ReadLora(type));
        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        return new CheckpointModel(
            space, type.Name, file, isModel, TypeNames.Of(constructor.Parameters[0].Type, type.ContainingNamespace), own,
            root with { Quantized = own.Quantized ?? root.Quantized, Lora = own.Lora ?? root.Lora },
            CanLay: root.Tree.Members.All(IsVisible));
    }

    /// <summary>The class itself or the nearest one it derives from that is marked [Model]; null where there is none.</summary>
    public static INamedTypeSymbol? ModelOf(INamedTypeSymbol type) =>
        type.BaseTypesAndSelf().OfType<INamedTypeSymbol>().FirstOrDefault(static t => t.FindAttribute(KnownNames.ModelAttribute) is not null);

    private static bool IsVisible(TreeNode node) => node.Member.IsVisible && node.Children.All(IsVisible);
}

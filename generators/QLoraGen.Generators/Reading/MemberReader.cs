using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Reading;

/// <summary>From a partial property to its <see cref="MemberModel"/>.</summary>
internal static class MemberReader
{
    /// <returns>Null for a property that is neither a layer nor a module.</returns>
    public static MemberModel? Read(IPropertySymbol property, Compilation compilation, CancellationToken cancellation)
    {
        bool isLayer = property.Type.DerivesFrom(KnownNames.LayerBase);
        if ((!isLayer && !property.Type.DerivesFrom(KnownNames.ModuleBase))
            || property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not PropertyDeclarationSyntax syntax)
        {
            return null;
        }
        // A class may lie in several files: the property's own is asked.
        SemanticModel semantics = compilation.GetSemanticModel(syntax.SyntaxTree);
        LayerArguments arguments = LayerArguments.Read(syntax, property.Type, semantics, cancellation);
        return new MemberModel(
            property.Name,
            TypeNames.Of(property.Type, property.ContainingType.ContainingNamespace),
            string.Join(" ", syntax.Modifiers.Where(static m => !m.IsKind(SyntaxKind.PartialKeyword)).Select(static m => m.Text)),
            KeyOf(property),
            isLayer ? MemberKind.Layer : MemberKind.Module,
            IsOptional: property.Type.NullableAnnotation == NullableAnnotation.Annotated,
            IsLinear: property.Type.DerivesFrom(KnownNames.Linear),
            FullPrecision: property.FindAttribute(KnownNames.FullPrecision) is not null,
            isLayer ? EquatableArray<TensorModel>.From(TensorsOf(property.Type, arguments)) : default);
    }

    private static string KeyOf(IPropertySymbol property) =>
        property.FindAttribute(KnownNames.Key)?.ConstructorArguments is [{ Value: string key }] ? key : SnakeCase.From(property.Name);

    private static IEnumerable<TensorModel> TensorsOf(ITypeSymbol layer, LayerArguments arguments)
    {
        IEnumerable<ITypeSymbol> baseFirst = layer.BaseTypesAndSelf().Reverse();
        foreach (IPropertySymbol tensor in baseFirst.SelectMany(static type => type.GetMembers()).OfType<IPropertySymbol>())
        {
            bool optional = tensor.Type.NullableAnnotation == NullableAnnotation.Annotated;
            if (tensor.Type.ToDisplayString(NullableFlowState.None) != KnownNames.FrozenTensor || (optional && !arguments.AskFor(tensor.Name)))
            {
                continue;
            }
            yield return new TensorModel(
                tensor.Name, SnakeCase.From(tensor.Name), tensor.FindAttribute(KnownNames.Quantizable) is not null, arguments.ShapeOf(tensor));
        }
    }
}

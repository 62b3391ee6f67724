using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Reading;

/// <summary>The frozen tensors of a layer's type, with their shapes in the words of what made the layer.</summary>
internal static class TensorReader
{
    public static IEnumerable<TensorModel> Read(ITypeSymbol layer, CreationModel? creation)
    {
        Dictionary<string, Expression>? given = creation?.Arguments.ToDictionary(static a => a.Name, static a => a.Value);
        foreach (IPropertySymbol tensor in layer.BaseTypesAndSelf().Reverse().SelectMany(static type => type.GetMembers()).OfType<IPropertySymbol>())
        {
            if (tensor.Type.ToDisplayString(NullableFlowState.None) != KnownNames.FrozenTensor)
            {
                continue;
            }
            // An optional tensor is asked for by the parameter of its name: bias: true.
            Expression? presence = null;
            if (tensor.Type.NullableAnnotation == NullableAnnotation.Annotated && given is not null
                && (!given.TryGetValue(char.ToLowerInvariant(tensor.Name[0]) + tensor.Name.Substring(1), out presence) || presence is Constant { Value: false }))
            {
                continue;
            }
            yield return new TensorModel(
                tensor.Name, SnakeCase.From(tensor.Name), tensor.FindAttribute(KnownNames.Quantizable) is not null,
                ShapeOf(tensor, given), presence is Constant ? null : presence);
        }
    }

    private static EquatableArray<Expression> ShapeOf(IPropertySymbol tensor, Dictionary<string, Expression>? given)
    {
        if (given is null || tensor.FindAttribute(KnownNames.TensorShape)?.ConstructorArguments is not [{ Kind: TypedConstantKind.Array, Values: var names }])
        {
            return default;
        }
        Expression?[] sizes = [.. names.Select(name => name.Value is string text && given.TryGetValue(text, out Expression? size) ? size : null)];
        return sizes.Contains(null) ? default : EquatableArray<Expression>.From(sizes!);
    }
}

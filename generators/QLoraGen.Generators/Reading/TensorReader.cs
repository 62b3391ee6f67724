using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Models;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Reading;

/// <summary>The frozen tensors of a layer's type, with their shapes in the words of what made the layer.</summary>
internal static class TensorReader
{
    // The runtime's layers are the same symbols in every compilation, and each of them stands in many properties.
    private static readonly ConditionalWeakTable<ITypeSymbol, DeclaredTensor[]> declared = new();

    public static IEnumerable<TensorModel> Read(ITypeSymbol layer, CreationModel? creation)
    {
        Dictionary<string, Expression>? given = creation?.Arguments.ToDictionary(static a => a.Name, static a => a.Value);
        foreach (DeclaredTensor tensor in declared.GetValue(layer.OriginalDefinition, static type => [.. DeclaredBy(type)]))
        {
            // An optional tensor is asked for by the parameter of its name: bias: true.
            Expression? presence = null;
            if (tensor.IsOptional && given is not null
                && (!given.TryGetValue(tensor.Parameter, out presence) || presence is Constant { Value: false }))
            {
                continue;
            }
            yield return new TensorModel(
                tensor.Name, SnakeCase.From(tensor.Name), tensor.IsQuantizable, ShapeOf(tensor, given), presence is Constant ? null : presence);
        }
    }

    private static IEnumerable<DeclaredTensor> DeclaredBy(ITypeSymbol layer)
    {
        foreach (IPropertySymbol tensor in layer.BaseTypesAndSelf().Reverse().SelectMany(static type => type.GetMembers()).OfType<IPropertySymbol>())
        {
            if (tensor.Type.IsNamed(KnownNames.FrozenTensor))
            {
                yield return new DeclaredTensor(
                    tensor.Name, char.ToLowerInvariant(tensor.Name[0]) + tensor.Name.Substring(1),
                    tensor.Type.NullableAnnotation == NullableAnnotation.Annotated, tensor.FindAttribute(KnownNames.Quantizable) is not null,
                    tensor.FindAttribute(KnownNames.TensorShape)?.ConstructorArguments is [{ Kind: TypedConstantKind.Array, Values: var names }]
                        ? [.. names.Select(static name => name.Value as string)]
                        : []);
            }
        }
    }

    private static EquatableArray<Expression> ShapeOf(DeclaredTensor tensor, Dictionary<string, Expression>? given)
    {
        if (given is null)
        {
            return default;
        }
        Expression?[] sizes = [.. tensor.Sizes.Select(name => name is not null && given.TryGetValue(name, out Expression? size) ? size : null)];
        return sizes.Contains(null) ? default : EquatableArray<Expression>.From(sizes!);
    }

    /// <summary>A tensor as its layer's class has it.</summary>
    /// <param name="Name">The property.</param>
    /// <param name="Parameter">The parameter by which an optional one is asked for.</param>
    /// <param name="IsOptional">Whether it may be null.</param>
    /// <param name="IsQuantizable">Whether [Quantized] applies to it.</param>
    /// <param name="Sizes">The parameters that [TensorShape] names; null for what is no name.</param>
    private sealed record DeclaredTensor(string Name, string Parameter, bool IsOptional, bool IsQuantizable, string?[] Sizes);
}

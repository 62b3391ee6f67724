using QLoraGen.Generators.Sizes;

namespace QLoraGen.Generators.Models;

internal enum MemberKind
{
    /// <summary>A leaf: a runtime layer that holds frozen tensors.</summary>
    Layer,

    /// <summary>A composite with a generated (or, for lists, hand-written) part of its own.</summary>
    Module,
}

/// <summary>One partial property that declares a layer or a module.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">Its type, as written in generated code.</param>
/// <param name="Modifiers">Accessibility and other modifiers that both parts must repeat.</param>
/// <param name="Accessors">Of both parts, as the generated one writes them.</param>
/// <param name="IsMade">Whether it has an initializer.</param>
/// <param name="Key">Its name in the checkpoint.</param>
/// <param name="Kind">Layer or module.</param>
/// <param name="IsOptional">Whether the property may be null (a tied output head, say).</param>
/// <param name="IsLinear">Whether it is a linear layer.</param>
/// <param name="IsEmbedding">Whether it is a table of embeddings.</param>
/// <param name="FullPrecision">Whether it is kept out of quantization and of the default adapter targets.</param>
/// <param name="IsVisible">Whether generated code of the project can name it.</param>
/// <param name="Tensors">A layer's frozen tensors.</param>
/// <param name="Creation">What the initializer makes; null where it cannot be read.</param>
internal sealed record MemberModel(
    string Name, string Type, string Modifiers, string Accessors, bool IsMade, string Key, MemberKind Kind, bool IsOptional, bool IsLinear,
    bool IsEmbedding, bool FullPrecision, bool IsVisible, EquatableArray<TensorModel> Tensors, CreationModel? Creation);

/// <summary>What an initializer makes.</summary>
/// <param name="Arguments">
/// Of the constructor, by its parameters' names; of a list, those of the module that it repeats.
/// </param>
/// <param name="Count">How often a list repeats its module; null for anything else.</param>
/// <param name="Condition">When something is made at all, else the property is null; null for always.</param>
internal sealed record CreationModel(EquatableArray<ArgumentModel> Arguments, Expression? Count, Expression? Condition);

/// <summary>One argument of a constructor.</summary>
internal sealed record ArgumentModel(string Name, Expression Value);

/// <summary>One frozen tensor of a layer.</summary>
/// <param name="Name">The layer's property that holds it.</param>
/// <param name="Key">Its name in the checkpoint, below the layer's key.</param>
/// <param name="Quantizable">Whether [Quantized] applies to it.</param>
/// <param name="Shape">Its dimensions, outermost first; empty where they cannot be read.</param>
/// <param name="Presence">When an optional tensor is there; null for always.</param>
internal sealed record TensorModel(string Name, string Key, bool Quantizable, EquatableArray<Expression> Shape, Expression? Presence);

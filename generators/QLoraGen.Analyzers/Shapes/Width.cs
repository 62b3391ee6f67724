using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Sizes;

namespace QLoraGen.Analyzers.Shapes;

/// <summary>What is known of the last dimension of a tensor.</summary>
/// <param name="Size">Its size in the words of the class's constructor; null where it is not known.</param>
/// <param name="Parameter">The method's parameter that it has the width of, while nothing has fixed that yet; or null.</param>
/// <param name="Flat">Of a tensor split into heads: the width of all heads together; or null.</param>
internal sealed record Width(Expression? Size, IParameterSymbol? Parameter = null, Expression? Flat = null)
{
    /// <summary>Nothing is known, and nothing is said.</summary>
    public static readonly Width Unknown = new((Expression?)null);

    /// <summary>A size, unless some part of it could not be read.</summary>
    public static Width Of(Expression? size, Expression? flat = null) => size is null || !IsReadable(size) ? Unknown : new Width(size, Flat: flat);

    /// <summary>Whether all of an expression could be read.</summary>
    public static bool IsReadable(Expression expression) => expression switch
    {
        Unreadable => false,
        Property { Of: { } of } => IsReadable(of),
        Unary unary => IsReadable(unary.Operand),
        Binary binary => IsReadable(binary.Left) && IsReadable(binary.Right),
        Conditional c => IsReadable(c.Condition) && IsReadable(c.WhenTrue) && IsReadable(c.WhenFalse),
        _ => true,
    };
}

/// <summary>A layer or module that an expression stands for, with what its constructor was given; null where that is not known.</summary>
internal sealed record ModuleValue(INamedTypeSymbol Type, IReadOnlyDictionary<string, Expression>? Arguments)
{
    public Expression? Argument(string name) => Arguments is not null && Arguments.TryGetValue(name, out Expression? value) ? value : null;
}

/// <summary>What a method asks of its tensors and gives, in the words of its class's constructor.</summary>
/// <param name="Inputs">The width that each parameter must have; null where that is not known.</param>
/// <param name="Output">The width of what it returns.</param>
internal sealed record Signature(IReadOnlyList<Expression?> Inputs, Width Output)
{
    public static readonly Signature Unknown = new([], Width.Unknown);
}

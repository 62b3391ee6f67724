using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Sizes;

/// <summary>A callee's expressions in the words of its caller.</summary>
internal static class Substitution
{
    /// <summary>The expression with each parameter replaced by what it was given; others stay as they are.</summary>
    public static Expression With(this Expression expression, IReadOnlyDictionary<string, Expression> arguments) => expression switch
    {
        Parameter parameter => arguments.TryGetValue(parameter.Name, out Expression? given) ? given : new Unreadable(parameter.Name),
        Property { Of: { } of } property => of.With(arguments) is (Parameter or Property) and var owner
            ? new Property(owner, property.Name)
            : new Unreadable(property.ToString()),
        Unary unary => unary with { Operand = unary.Operand.With(arguments) },
        Binary binary => binary with { Left = binary.Left.With(arguments), Right = binary.Right.With(arguments) },
        Conditional c => new Conditional(c.Condition.With(arguments), c.WhenTrue.With(arguments), c.WhenFalse.With(arguments)),
        _ => expression,
    };

    /// <summary>The member with all its sizes in the words of the caller.</summary>
    public static MemberModel With(this MemberModel member, IReadOnlyDictionary<string, Expression> arguments) => member with
    {
        Tensors = EquatableArray<TensorModel>.From(member.Tensors.Select(tensor => tensor with
        {
            Shape = EquatableArray<Expression>.From(tensor.Shape.Select(size => size.With(arguments))),
            Presence = tensor.Presence?.With(arguments),
        })),
        Creation = member.Creation is null ? null : new CreationModel(
            EquatableArray<ArgumentModel>.From(member.Creation.Arguments.Select(argument => argument with { Value = argument.Value.With(arguments) })),
            member.Creation.Count?.With(arguments), member.Creation.Condition?.With(arguments)),
    };
}

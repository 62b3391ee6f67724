namespace QLoraGen.Generators.Sizes;

/// <summary>
/// A size, or a condition on sizes, as a declaration spells it: kept as a value, so that it can be compared, carried across
/// assemblies as text, shown, and folded once the configuration is known.
/// </summary>
internal abstract record Expression
{
    /// <summary>As C# spells it.</summary>
    public sealed override string ToString() => ExpressionText.Of(this);

    /// <summary>The names of the configuration's properties that it depends on.</summary>
    public IEnumerable<string> PropertyNames() => this switch
    {
        Property property => [property.Name, .. property.Of?.PropertyNames() ?? []],
        Unary unary => unary.Operand.PropertyNames(),
        Binary binary => [.. binary.Left.PropertyNames(), .. binary.Right.PropertyNames()],
        Conditional c => [.. c.Condition.PropertyNames(), .. c.WhenTrue.PropertyNames(), .. c.WhenFalse.PropertyNames()],
        _ => [],
    };
}

/// <summary>A number (long or double), a bool, a string or null.</summary>
internal sealed record Constant(object? Value) : Expression;

/// <summary>A parameter of the class's constructor, or <c>field</c> within a property's getter.</summary>
internal sealed record Parameter(string Name) : Expression
{
    /// <summary>The value that a property's getter is made from.</summary>
    public static readonly Parameter Field = new("field");
}

/// <summary>A property of a configuration: of a parameter, or of the configuration itself where <paramref name="Of"/> is null.</summary>
internal sealed record Property(Expression? Of, string Name) : Expression;

/// <summary><c>-x</c> or <c>!x</c>.</summary>
internal sealed record Unary(string Operator, Expression Operand) : Expression;

/// <summary>Arithmetic, comparison or logic of two operands.</summary>
internal sealed record Binary(Expression Left, string Operator, Expression Right) : Expression;

/// <summary><c>condition ? a : b</c>.</summary>
internal sealed record Conditional(Expression Condition, Expression WhenTrue, Expression WhenFalse) : Expression;

/// <summary>What cannot be followed; its text is for people.</summary>
internal sealed record Unreadable(string Text) : Expression;

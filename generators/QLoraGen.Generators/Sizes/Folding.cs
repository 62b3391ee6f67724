namespace QLoraGen.Generators.Sizes;

/// <summary>What is known of names when an expression is folded.</summary>
internal interface IScope
{
    /// <summary>
    /// The value of a parameter: a number, a bool, a string, null, or another scope (a configuration), whose properties are
    /// its values; <see cref="Folding.Unknown"/> where it is not known.
    /// </summary>
    object? ValueOf(string name);
}

/// <summary>Expressions as C# would compute them: long for integers, double elsewhere.</summary>
internal static class Folding
{
    /// <summary>The value of what cannot be known.</summary>
    public static readonly object Unknown = new();

    /// <summary>The value, or <see cref="Unknown"/>; overflow and division by zero are not known either.</summary>
    public static object? Fold(this Expression expression, IScope scope) => expression switch
    {
        Constant constant => constant.Value,
        Parameter parameter => scope.ValueOf(parameter.Name),
        Property { Of: null } own => scope.ValueOf(own.Name),
        Property property => property.Of!.Fold(scope) is IScope config ? config.ValueOf(property.Name) : Unknown,
        Unary unary => Apply(unary.Operator, unary.Operand.Fold(scope)),
        Conditional c => c.Condition.Fold(scope) is bool condition ? (condition ? c.WhenTrue : c.WhenFalse).Fold(scope) : Unknown,
        Binary { Operator: "&&" } and => and.Left.Fold(scope) is bool left ? left ? and.Right.Fold(scope) : false : Unknown,
        Binary { Operator: "||" } or => or.Left.Fold(scope) is bool left ? left ? true : or.Right.Fold(scope) : Unknown,
        Binary { Operator: "??" } otherwise => otherwise.Left.Fold(scope) ?? otherwise.Right.Fold(scope),
        Binary binary => Apply(binary.Left.Fold(scope), binary.Operator, binary.Right.Fold(scope)),
        _ => Unknown,
    };

    /// <summary>The size, or null where it is not known or not an integer.</summary>
    public static long? FoldSize(this Expression? expression, IScope scope) => expression?.Fold(scope) as long?;

    private static object Apply(string op, object? operand) => (op, operand) switch
    {
        ("!", bool value) => !value,
        ("-", long value) => unchecked(-value),
        ("-", double value) => -value,
        _ => Unknown,
    };

    private static object Apply(object? left, string op, object? right) => (left, right) switch
    {
        (long a, long b) => Integer(a, op, b),
        (long or double, long or double) => Real(Convert.ToDouble(left), op, Convert.ToDouble(right)),
        _ when ReferenceEquals(left, Unknown) || ReferenceEquals(right, Unknown) || left is IScope || right is IScope => Unknown,
        _ => op switch
        {
            "==" => Equals(left, right),
            "!=" => !Equals(left, right),
            _ => Unknown,
        },
    };

    private static object Integer(long a, string op, long b)
    {
        try
        {
            return op switch
            {
                "+" => checked(a + b),
                "-" => checked(a - b),
                "*" => checked(a * b),
                "/" when b != 0 => checked(a / b),
                "%" when b is not (0 or -1) => a % b,
                _ => Compared(a.CompareTo(b), op),
            };
        }
        catch (OverflowException)
        {
            return Unknown;
        }
    }

    private static object Real(double a, string op, double b) => op switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        _ => Compared(a.CompareTo(b), op),
    };

    private static object Compared(int order, string op) => op switch
    {
        "==" => order == 0,
        "!=" => order != 0,
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        ">=" => order >= 0,
        _ => Unknown,
    };
}

namespace QLoraGen.Templates;

/// <summary>Arithmetic as in Python, with whole numbers of 64 bits: past them is an error.</summary>
internal readonly record struct Number(long Whole, double Real, bool IsReal)
{
    /// <summary>The number that a value is, or null.</summary>
    public static Number? Of(object? value) => value switch
    {
        long whole => new(whole, whole, false),
        double real => new(0, real, true),
        bool truth => new(truth ? 1 : 0, truth ? 1 : 0, false),
        _ => null,
    };

    public static int Compare(Number left, Number right) =>
        left.IsReal || right.IsReal ? left.Real.CompareTo(right.Real) : left.Whole.CompareTo(right.Whole);

    /// <summary>The result of an operation on two numbers.</summary>
    public static object Calculate(string operation, Number left, Number right)
    {
        try
        {
            return left.IsReal || right.IsReal || operation == "/" || (operation == "**" && right.Whole < 0)
                ? OnReals(operation, left.Real, right.Real)
                : OnWholes(operation, left.Whole, right.Whole);
        }
        catch (OverflowException)
        {
            throw new TemplateFault("a whole number grows past 64 bits");
        }
    }

    private static object OnWholes(string operation, long left, long right) => operation switch
    {
        "+" => checked(left + right),
        "-" => checked(left - right),
        "*" => checked(left * right),
        "//" => Floor(left, NotZero(right)),
        "%" => right == -1 ? 0L : checked(left - (Floor(left, NotZero(right)) * right)),
        _ => Power(left, right),
    };

    private static object OnReals(string operation, double left, double right) => operation switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / NotZero(right),
        "//" => Math.Floor(left / NotZero(right)),
        "%" => left - (Math.Floor(left / NotZero(right)) * right),
        _ => Math.Pow(left, right),
    };

    private static long Floor(long left, long right)
    {
        long quotient = checked(left / right);
        return left % right != 0 && left % right < 0 != right < 0 ? quotient - 1 : quotient;
    }

    private static long Power(long value, long exponent)
    {
        long result = 1;
        for (; exponent > 0; exponent--)
        {
            result = checked(result * value);
            if (result is 0 or 1 or -1)
            {
                return result == -1 ? exponent % 2 == 1 ? -1 : 1 : result;
            }
        }
        return result;
    }

    private static long NotZero(long divisor) => divisor != 0 ? divisor : throw new TemplateFault("division by zero");

    private static double NotZero(double divisor) => divisor != 0 ? divisor : throw new TemplateFault("division by zero");
}

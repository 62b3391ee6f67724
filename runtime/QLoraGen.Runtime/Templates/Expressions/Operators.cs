using System.Text;

namespace QLoraGen.Templates;

/// <summary>`and` and `or`, whose value is that of one side.</summary>
internal sealed class Logical(int line, Expression left, Expression right, bool isAnd) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope)
    {
        object? first = left.Evaluate(run, scope);
        return Value.IsTrue(first) == isAnd ? right.Evaluate(run, scope) : first;
    }
}

internal sealed class Not(int line, Expression value) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope) => !Value.IsTrue(value.Evaluate(run, scope));
}

/// <summary>Comparisons, which may form a chain: each one's right side is the next one's left side.</summary>
internal sealed class Comparison(int line, Expression first, IReadOnlyList<(string Operator, Expression Right)> rest) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope)
    {
        object? left = first.Evaluate(run, scope);
        foreach ((string symbol, Expression next) in rest)
        {
            object? right = next.Evaluate(run, scope);
            run.SpendLength(right is TemplateList list ? list.Items.Count : (right as string)?.Length ?? 0);
            bool holds = symbol switch
            {
                "==" => Value.AreEqual(left, right),
                "!=" => !Value.AreEqual(left, right),
                "<" => Value.Compare(left, right) < 0,
                "<=" => Value.Compare(left, right) <= 0,
                ">" => Value.Compare(left, right) > 0,
                ">=" => Value.Compare(left, right) >= 0,
                "in" => Value.Contains(right, left),
                _ => !Value.Contains(right, left),
            };
            if (!holds)
            {
                return false;
            }
            left = right;
        }
        return true;
    }
}

/// <summary>`~`, which joins values as texts.</summary>
internal sealed class Concatenation(int line, IReadOnlyList<Expression> parts) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope)
    {
        StringBuilder text = new();
        foreach (Expression part in parts)
        {
            text.Append(Printing.Text(part.Evaluate(run, scope)));
            run.SpendLength(text.Length);
        }
        return text.ToString();
    }
}

internal sealed class Sign(int line, Expression value, bool negative) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope) => Defined(value.Evaluate(run, scope)) switch
    {
        long number => negative ? Number.Calculate("-", Number.Of(0L)!.Value, Number.Of(number)!.Value) : number,
        double number => negative ? -number : number,
        bool truth => truth ? negative ? -1L : 1L : 0L,
        var other => throw new TemplateFault($"a {Value.TypeName(other)} has no sign"),
    };
}

internal sealed class Arithmetic(int line, string symbol, Expression left, Expression right) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope)
    {
        object? first = Defined(left.Evaluate(run, scope));
        object? second = Defined(right.Evaluate(run, scope));
        if (Number.Of(first) is { } a && Number.Of(second) is { } b)
        {
            return Number.Calculate(symbol, a, b);
        }
        return (symbol, first, second) switch
        {
            ("+", string x, string y) => Joined(run, x, y),
            ("+", TemplateList x, TemplateList y) when x.IsTuple == y.IsTuple => Joined(run, x, y),
            ("*", string x, long or bool) => Repeated(run, x, Number.Of(second)!.Value.Whole),
            ("*", long or bool, string y) => Repeated(run, y, Number.Of(first)!.Value.Whole),
            ("*", TemplateList x, long or bool) => Repeated(run, x, Number.Of(second)!.Value.Whole),
            ("*", long or bool, TemplateList y) => Repeated(run, y, Number.Of(first)!.Value.Whole),
            ("%", string x, _) => TextFormat.Apply(x, second),
            _ => throw new TemplateFault($"'{symbol}' does not work on a {Value.TypeName(first)} and a {Value.TypeName(second)}"),
        };
    }

    private static string Joined(TemplateRun run, string first, string second)
    {
        run.SpendLength((long)first.Length + second.Length);
        return first + second;
    }

    private static TemplateList Joined(TemplateRun run, TemplateList first, TemplateList second)
    {
        run.SpendLength((long)first.Items.Count + second.Items.Count);
        return new([.. first.Items, .. second.Items], first.IsTuple);
    }

    private static string Repeated(TemplateRun run, string text, long times)
    {
        run.SpendLength(Size(text.Length, times));
        return new StringBuilder().Insert(0, text, (int)Math.Max(0, text.Length == 0 ? 0 : times)).ToString();
    }

    private static TemplateList Repeated(TemplateRun run, TemplateList list, long times)
    {
        run.SpendLength(Size(list.Items.Count, times));
        return new([.. Enumerable.Repeat(list.Items, list.Items.Count == 0 ? 0 : (int)Math.Max(0, times)).SelectMany(static items => items)], list.IsTuple);
    }

    private static long Size(int length, long times) => length == 0 || times <= 0 ? 0 : times > TemplateRun.MostLength ? long.MaxValue : length * times;
}

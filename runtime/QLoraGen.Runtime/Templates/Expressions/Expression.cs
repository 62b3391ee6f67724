namespace QLoraGen.Templates;

/// <summary>What has a value.</summary>
internal abstract class Expression(int line)
{
    public int Line => line;

    /// <summary>The value in a scope.</summary>
    public object? Evaluate(TemplateRun run, Scope scope)
    {
        run.Step(line);
        return Compute(run, scope);
    }

    protected abstract object? Compute(TemplateRun run, Scope scope);

    /// <summary>What is undefined cannot be used here.</summary>
    protected static object? Defined(object? value) => value is Undefined undefined ? throw undefined.Error() : value;
}

internal sealed class Constant(int line, object? value) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope) => value;
}

internal sealed class Variable(int line, string name) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope) => scope.Find(name);
}

/// <summary>A list or tuple.</summary>
internal sealed class ListLiteral(int line, IReadOnlyList<Expression> items, bool isTuple) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope) =>
        new TemplateList([.. items.Select(item => item.Evaluate(run, scope))], isTuple);
}

internal sealed class DictLiteral(int line, IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope)
    {
        TemplateDict dict = new();
        foreach ((Expression key, Expression value) in entries)
        {
            dict.Set(key.Evaluate(run, scope), value.Evaluate(run, scope));
        }
        return dict;
    }
}

/// <summary>`value if condition else otherwise`.</summary>
internal sealed class Conditional(int line, Expression condition, Expression value, Expression? otherwise) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope) => Value.IsTrue(condition.Evaluate(run, scope))
        ? value.Evaluate(run, scope)
        : otherwise is null ? new Undefined("a condition without 'else' is not met") : otherwise.Evaluate(run, scope);
}

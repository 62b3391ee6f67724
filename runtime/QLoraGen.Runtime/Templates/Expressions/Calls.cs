namespace QLoraGen.Templates;

/// <summary>The arguments of a call, to be evaluated.</summary>
internal sealed record CallArguments(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
{
    public static CallArguments None { get; } = new([], []);

    public CallValues Evaluate(TemplateRun run, Scope scope) => Positional.Count + Named.Count == 0 ? NoValues : new(
        [.. Positional.Select(argument => argument.Evaluate(run, scope))],
        [.. Named.Select(argument => (argument.Name, argument.Value.Evaluate(run, scope)))]);

    private static CallValues NoValues { get; } = new([], []);
}

/// <summary>A call of a function, method or macro.</summary>
internal sealed class Call(int line, Expression callee, CallArguments arguments) : Expression(line)
{
    protected override object? Compute(TemplateRun run, Scope scope)
    {
        object? called = Defined(callee.Evaluate(run, scope));
        return called is Callable callable
            ? callable.Invoke(run, arguments.Evaluate(run, scope))
            : throw new TemplateFault($"a {Value.TypeName(called)} cannot be called");
    }
}

/// <summary>`value|filter`.</summary>
internal sealed class FilterCall(int line, Expression value, string name, CallArguments arguments) : Expression(line)
{
    private readonly Filter filter = Filters.Find(name) ?? throw new TemplateFault($"there is no filter '{name}'", line);

    protected override object? Compute(TemplateRun run, Scope scope) =>
        filter(run, value.Evaluate(run, scope), arguments.Evaluate(run, scope));
}

/// <summary>`value is test`.</summary>
internal sealed class TestCall(int line, Expression value, string name, CallArguments arguments) : Expression(line)
{
    private readonly Test test = Tests.Find(name) ?? throw new TemplateFault($"there is no test '{name}'", line);

    protected override object? Compute(TemplateRun run, Scope scope) => test(value.Evaluate(run, scope), arguments.Evaluate(run, scope));
}

/// <summary>What a `set` block has captured, to which its filters apply.</summary>
internal sealed class Captured(int line) : Expression(line)
{
    /// <summary>The variable that holds it; no template can name it.</summary>
    public const string Name = "(captured)";

    protected override object? Compute(TemplateRun run, Scope scope) => scope.Find(Name);
}

namespace QLoraGen.Templates;

/// <summary>`{% macro name(parameters) %}`: a function whose value is what its body writes.</summary>
internal sealed class DefineMacro(
    int line, string name, IReadOnlyList<(string Name, Expression? Default)> parameters, IReadOnlyList<Statement> body) : Statement(line)
{
    private readonly string[] names = [.. parameters.Select(static parameter => parameter.Name)];

    protected override Flow Write(TemplateRun run, Scope scope)
    {
        scope.Set(name, new Callable(name, (current, call) => Invoke(current, call, scope)));
        return Flow.Next;
    }

    private string Invoke(TemplateRun run, CallValues call, Scope around)
    {
        BoundArguments given = new($"the macro '{name}'", call, names);
        Scope inner = new(around);
        foreach ((string parameter, Expression? missing) in parameters)
        {
            inner.Set(parameter, given.Has(parameter) ? given.Required(parameter)
                : missing is not null ? missing.Evaluate(run, inner)
                : new Undefined($"parameter '{parameter}' was not given"));
        }
        return run.Capture(() => RenderAll(body, run, inner));
    }
}

namespace QLoraGen.Templates;

/// <summary>`{% set name = value %}`, and `{% set space.name = value %}` for a namespace.</summary>
internal sealed class Set(int line, IReadOnlyList<string> targets, string? attribute, Expression value) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope)
    {
        Assign(scope, targets, attribute, value.Evaluate(run, scope));
        return Flow.Next;
    }

    public static void Assign(Scope scope, IReadOnlyList<string> targets, string? attribute, object? value)
    {
        if (attribute is null)
        {
            scope.SetAll(targets, value);
            return;
        }
        object? owner = scope.Find(targets[0]);
        TemplateNamespace space = owner as TemplateNamespace
            ?? throw (owner as Undefined)?.Error() ?? new TemplateFault($"'{targets[0]}' is a {Value.TypeName(owner)}; only a namespace's members can be set");
        space.Members[attribute] = value;
    }
}

/// <summary>`{% set name %}...{% endset %}`.</summary>
internal sealed class SetBlock(int line, string target, string? attribute, IReadOnlyList<Statement> body, Expression filtered) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope)
    {
        Scope inner = new(scope);
        string text = run.Capture(() => RenderAll(body, run, inner));
        inner.Set(Captured.Name, text);
        Set.Assign(scope, [target], attribute, filtered.Evaluate(run, inner));
        return Flow.Next;
    }
}

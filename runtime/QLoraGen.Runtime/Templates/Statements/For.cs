namespace QLoraGen.Templates;

/// <summary>`{% for %}`, with `else` for a loop without items. Each turn has a scope of its own.</summary>
internal sealed class For(
    int line, IReadOnlyList<string> targets, Expression source, Expression? condition, IReadOnlyList<Statement> body,
    IReadOnlyList<Statement> otherwise) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope)
    {
        IReadOnlyList<object?> items = Value.Items(source.Evaluate(run, scope));
        run.SpendLength(items.Count);
        if (condition is not null)
        {
            items = [.. items.Where(item => Value.IsTrue(condition.Evaluate(run, Bind(item, scope))))];
        }
        if (items.Count == 0)
        {
            return RenderAll(otherwise, run, scope);
        }
        LoopState loop = new(items);
        for (; loop.Index < items.Count; loop.Index++)
        {
            run.Step(Line);
            Scope turn = Bind(items[loop.Index], scope);
            turn.Set("loop", loop);
            if (RenderAll(body, run, turn) == Flow.Break)
            {
                break;
            }
        }
        return Flow.Next;
    }

    private Scope Bind(object? item, Scope around)
    {
        Scope turn = new(around);
        turn.SetAll(targets, item);
        return turn;
    }
}

namespace QLoraGen.Templates;

/// <summary>How a statement ends.</summary>
internal enum Flow
{
    /// <summary>The next one follows.</summary>
    Next,

    /// <summary>The loop around it ends.</summary>
    Break,

    /// <summary>The loop around it goes on with its next item.</summary>
    Continue,
}

/// <summary>A part of a template: text or a block.</summary>
internal abstract class Statement(int line)
{
    public int Line => line;

    /// <summary>Writes it.</summary>
    public Flow Render(TemplateRun run, Scope scope)
    {
        run.Step(line);
        return Write(run, scope);
    }

    protected abstract Flow Write(TemplateRun run, Scope scope);

    protected static Flow RenderAll(IReadOnlyList<Statement> statements, TemplateRun run, Scope scope)
    {
        foreach (Statement statement in statements)
        {
            Flow flow = statement.Render(run, scope);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }
        return Flow.Next;
    }
}

/// <summary>Text between tags.</summary>
internal sealed class WriteText(int line, string text) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope)
    {
        run.Write(text);
        return Flow.Next;
    }
}

/// <summary>`{{ value }}`.</summary>
internal sealed class WriteValue(int line, Expression value) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope)
    {
        run.Write(Printing.Text(value.Evaluate(run, scope)));
        return Flow.Next;
    }
}

/// <summary>`{% if %}`.</summary>
internal sealed class If(
    int line, IReadOnlyList<(Expression Condition, IReadOnlyList<Statement> Body)> branches, IReadOnlyList<Statement> otherwise) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope)
    {
        foreach ((Expression condition, IReadOnlyList<Statement> body) in branches)
        {
            if (Value.IsTrue(condition.Evaluate(run, scope)))
            {
                return RenderAll(body, run, scope);
            }
        }
        return RenderAll(otherwise, run, scope);
    }
}

/// <summary>`{% break %}` and `{% continue %}`.</summary>
internal sealed class Jump(int line, Flow flow) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope) => flow;
}

/// <summary>`{% generation %}`: what the model is to write, whose place in the text is kept.</summary>
internal sealed class Generation(int line, IReadOnlyList<Statement> body) : Statement(line)
{
    protected override Flow Write(TemplateRun run, Scope scope)
    {
        if (run.Captures)
        {
            throw new TemplateFault("a generation block in a macro or set block has no place in the text that is known");
        }
        int start = run.Output.Length;
        Flow flow = RenderAll(body, run, new Scope(scope));
        run.Generated.Add((start, run.Output.Length));
        return flow;
    }
}

namespace QLoraGen.Templates;

/// <summary>
/// A text with statements, expressions and comments, in the part of Jinja's language that chat templates use. It is read and rendered
/// as transformers has Jinja do it: `trim_blocks` and `lstrip_blocks` on, `break` and `continue` known, values immutable.
/// </summary>
internal sealed class Template
{
    private readonly string file;
    private readonly IReadOnlyList<Statement> body;

    private Template(string file, IReadOnlyList<Statement> body, bool marksGeneration) =>
        (this.file, this.body, MarksGeneration) = (file, body, marksGeneration);

    /// <summary>Whether it has `generation` blocks.</summary>
    public bool MarksGeneration { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="file">Where it stands, for messages.</param>
    /// <param name="source">Its text.</param>
    /// <exception cref="QLoraException">It is not a template, or uses what is not supported; the message names the line.</exception>
    public static Template Parse(string file, string source)
    {
        try
        {
            TemplateParser parser = new(new TemplateLexer(source).Read());
            return new(file, parser.ParseAll(), parser.FoundGeneration);
        }
        catch (TemplateFault fault)
        {
            throw new QLoraException($"{file}: line {fault.Line ?? 1}: {fault.Message}.", fault);
        }
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">What it may refer to.</param>
    /// <returns>The text, and which parts of it stand in `generation` blocks.</returns>
    /// <exception cref="QLoraException">It cannot be rendered with these; the message names the line and why.</exception>
    public Rendering Render(IReadOnlyDictionary<string, object?> variables)
    {
        TemplateRun run = new();
        try
        {
            Scope scope = new(new Scope(null, variables));
            foreach (Statement statement in body)
            {
                statement.Render(run, scope);
            }
            return new(run.Output.ToString(), run.Generated);
        }
        catch (TemplateFault fault)
        {
            throw new QLoraException($"{file}: line {fault.Line ?? run.Line}: {fault.Message}.", fault);
        }
    }
}

/// <summary>A rendered template.</summary>
/// <param name="Text">The text.</param>
/// <param name="Generated">Start and end of what stands in `generation` blocks, in order.</param>
internal sealed record Rendering(string Text, IReadOnlyList<(int Start, int End)> Generated);

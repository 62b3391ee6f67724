namespace QLoraGen.Templates;

/// <summary>The tokens of a template, read one after another.</summary>
internal sealed class TokenReader(IReadOnlyList<TemplateToken> tokens)
{
    private int at;

    /// <summary>The token that is next.</summary>
    public TemplateToken Current => tokens[at];

    /// <summary>The line of the next token.</summary>
    public int Line => Current.Line;

    /// <summary>The token after the next one.</summary>
    public TemplateToken Following => tokens[Math.Min(at + 1, tokens.Count - 1)];

    /// <summary>Takes the next token.</summary>
    public TemplateToken Next() => tokens[at < tokens.Count - 1 ? at++ : at];

    /// <summary>Takes the next token where it is this operator or name.</summary>
    public bool Skip(string text)
    {
        bool found = Current.Is(text);
        at += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes this operator or name.</summary>
    public void Expect(string text)
    {
        if (!Skip(text))
        {
            throw new TemplateFault($"expected '{text}', found {Current}", Line);
        }
    }

    /// <summary>Takes a token of this kind.</summary>
    public TemplateToken Expect(TokenKind kind, string what) =>
        Current.Kind == kind ? Next() : throw new TemplateFault($"expected {what}, found {Current}", Line);
}

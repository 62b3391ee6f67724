namespace QLoraGen.Templates;

/// <summary>Reads statements.</summary>
internal sealed class TemplateParser
{
    private readonly TokenReader tokens;
    private readonly ExpressionParser expressions;
    private int loops;

    public TemplateParser(IReadOnlyList<TemplateToken> read)
    {
        tokens = new(read);
        expressions = new(tokens);
    }

    /// <summary>Whether a `generation` block was read.</summary>
    public bool FoundGeneration { get; private set; }

    /// <summary>The whole template.</summary>
    public List<Statement> ParseAll()
    {
        List<Statement> statements = Body();
        return tokens.Current.Kind == TokenKind.End ? statements
            : throw new TemplateFault($"'{tokens.Following.Text}' ends nothing that was begun", tokens.Line);
    }

    /// <summary>Statements up to a block of one of these names, which stays to be read.</summary>
    private List<Statement> Body(params string[] ends)
    {
        TemplateRun.RequireStack(tokens.Line);
        List<Statement> statements = [];
        while (true)
        {
            TemplateToken token = tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    tokens.Next();
                    statements.Add(new WriteText(token.Line, token.Text));
                    break;
                case TokenKind.ExpressionBegin:
                    tokens.Next();
                    statements.Add(new WriteValue(token.Line, expressions.ParseTuple(conditional: true)));
                    tokens.Expect(TokenKind.ExpressionEnd, "'}}'");
                    break;
                case TokenKind.BlockBegin:
                    if (Array.IndexOf(ends, tokens.Following.Text) >= 0 || (ends.Length == 0 && tokens.Following.Text.StartsWith("end", StringComparison.Ordinal)))
                    {
                        return statements;
                    }
                    tokens.Next();
                    statements.Add(Block());
                    break;
                default:
                    return ends.Length == 0 ? statements
                        : throw new TemplateFault($"the template ends where '{string.Join("' or '", ends)}' is expected", token.Line);
            }
        }
    }

    private Statement Block()
    {
        TemplateToken name = tokens.Expect(TokenKind.Name, "the name of a statement");
        return name.Text switch
        {
            "if" => If(name.Line),
            "for" => For(name.Line),
            "set" => Set(name.Line),
            "macro" => Macro(name.Line),
            "generation" => Generation(name.Line),
            "break" or "continue" => Jump(name),
            _ => throw new TemplateFault($"the statement '{name.Text}' is not supported, only if, for, set, macro, raw, generation, break and "
                + "continue are", name.Line),
        };
    }

    private If If(int line)
    {
        List<(Expression Condition, IReadOnlyList<Statement> Body)> branches = [];
        IReadOnlyList<Statement> otherwise = [];
        string word = "if";
        while (word is "if" or "elif")
        {
            Expression condition = expressions.ParseTuple(conditional: true);
            CloseTag();
            branches.Add((condition, Body("elif", "else", "endif")));
            word = OpenTag();
        }
        if (word == "else")
        {
            CloseTag();
            otherwise = Body("endif");
            OpenTag();
        }
        CloseTag();
        return new(line, branches, otherwise);
    }

    private For For(int line)
    {
        List<string> targets = Targets("in");
        tokens.Expect("in");
        Expression items = expressions.ParseTuple(conditional: false);
        Expression? condition = tokens.Skip("if") ? expressions.Parse() : null;
        if (tokens.Current.Is("recursive"))
        {
            throw new TemplateFault("a recursive loop is not supported", line);
        }
        CloseTag();
        loops++;
        List<Statement> body = Body("else", "endfor");
        loops--;
        List<Statement> otherwise = [];
        if (OpenTag() == "else")
        {
            CloseTag();
            otherwise = Body("endfor");
            OpenTag();
        }
        CloseTag();
        return new(line, targets, items, condition, body, otherwise);
    }

    private Statement Set(int line)
    {
        List<string> targets = [];
        string? attribute = null;
        if (tokens.Following.Is("."))
        {
            targets.Add(tokens.Expect(TokenKind.Name, "a name").Text);
            tokens.Next();
            attribute = tokens.Expect(TokenKind.Name, "a name").Text;
        }
        else
        {
            targets = Targets("=");
        }
        if (tokens.Skip("="))
        {
            Expression value = expressions.ParseTuple(conditional: true);
            CloseTag();
            return new Set(line, targets, attribute, value);
        }
        Expression filtered = expressions.Filters(new Captured(line));
        CloseTag();
        if (targets.Count > 1)
        {
            throw new TemplateFault("a block can be set to one name only", line);
        }
        List<Statement> body = Body("endset");
        OpenTag();
        CloseTag();
        return new SetBlock(line, targets[0], attribute, body, filtered);
    }

    private DefineMacro Macro(int line)
    {
        string name = tokens.Expect(TokenKind.Name, "a name").Text;
        List<(string Name, Expression? Default)> parameters = [];
        tokens.Expect("(");
        while (!tokens.Skip(")"))
        {
            string parameter = tokens.Expect(TokenKind.Name, "a name").Text;
            Expression? missing = tokens.Skip("=") ? expressions.Parse() : null;
            if (missing is null && parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw new TemplateFault($"'{parameter}' has no default value but follows one that has", line);
            }
            parameters.Add((parameter, missing));
            if (!tokens.Current.Is(")"))
            {
                tokens.Expect(",");
            }
        }
        CloseTag();
        int outer = loops;
        loops = 0;
        List<Statement> body = Body("endmacro");
        loops = outer;
        OpenTag();
        CloseTag();
        return new(line, name, parameters, body);
    }

    private Generation Generation(int line)
    {
        FoundGeneration = true;
        CloseTag();
        List<Statement> body = Body("endgeneration");
        OpenTag();
        CloseTag();
        return new(line, body);
    }

    private Jump Jump(TemplateToken name)
    {
        CloseTag();
        return loops > 0
            ? new(name.Line, name.Text == "break" ? Flow.Break : Flow.Continue)
            : throw new TemplateFault($"'{name.Text}' stands in no loop", name.Line);
    }

    private List<string> Targets(string end)
    {
        bool parenthesized = tokens.Skip("(");
        List<string> names = [];
        do
        {
            TemplateToken name = tokens.Expect(TokenKind.Name, "a name");
            names.Add(name.Text is "true" or "false" or "none" or "True" or "False" or "None"
                ? throw new TemplateFault($"'{name.Text}' cannot be set", name.Line)
                : name.Text);
        }
        while (tokens.Skip(",") && !tokens.Current.Is(end) && !tokens.Current.Is(")"));
        if (parenthesized)
        {
            tokens.Expect(")");
        }
        return names;
    }

    private string OpenTag()
    {
        tokens.Expect(TokenKind.BlockBegin, "'{%'");
        return tokens.Expect(TokenKind.Name, "the name of a statement").Text;
    }

    private void CloseTag() => tokens.Expect(TokenKind.BlockEnd, "'%}'");
}

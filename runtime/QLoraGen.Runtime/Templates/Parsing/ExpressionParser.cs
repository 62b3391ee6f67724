using System.Globalization;

namespace QLoraGen.Templates;

/// <summary>Reads expressions, with Jinja's precedence.</summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>An expression, which may end in `if` and `else`.</summary>
    public Expression Parse()
    {
        TemplateRun.RequireStack(tokens.Line);
        int line = tokens.Line;
        Expression value = Or();
        while (tokens.Skip("if"))
        {
            Expression condition = Or();
            Expression? otherwise = tokens.Skip("else") ? Parse() : null;
            value = new Conditional(line, condition, value, otherwise);
        }
        return value;
    }

    /// <summary>An expression without a conditional, or several with commas between.</summary>
    public Expression ParseTuple(bool conditional)
    {
        int line = tokens.Line;
        Expression first = conditional ? Parse() : Or();
        if (!tokens.Current.Is(","))
        {
            return first;
        }
        List<Expression> items = [first];
        while (tokens.Skip(",") && tokens.Current.Kind is not (TokenKind.BlockEnd or TokenKind.ExpressionEnd) && !tokens.Current.Is(")"))
        {
            items.Add(conditional ? Parse() : Or());
        }
        return new ListLiteral(line, items, isTuple: true);
    }

    /// <summary>What filters follow an expression.</summary>
    public Expression Filters(Expression value)
    {
        while (tokens.Current.Is("|"))
        {
            int line = tokens.Line;
            tokens.Next();
            string name = DottedName("a filter");
            value = new FilterCall(line, value, name, tokens.Current.Is("(") ? Arguments() : CallArguments.None);
        }
        return value;
    }

    private Expression Or()
    {
        Expression left = And();
        while (tokens.Current.Is("or"))
        {
            int line = tokens.Next().Line;
            left = new Logical(line, left, And(), isAnd: false);
        }
        return left;
    }

    private Expression And()
    {
        Expression left = Not();
        while (tokens.Current.Is("and"))
        {
            int line = tokens.Next().Line;
            left = new Logical(line, left, Not(), isAnd: true);
        }
        return left;
    }

    private Expression Not()
    {
        TemplateRun.RequireStack(tokens.Line);
        if (tokens.Current.Is("not"))
        {
            int line = tokens.Next().Line;
            return new Not(line, Not());
        }
        return Compare();
    }

    private Expression Compare()
    {
        int line = tokens.Line;
        Expression first = Sum();
        List<(string Operator, Expression Right)> rest = [];
        while (true)
        {
            if (tokens.Current.Kind == TokenKind.Operator && Array.IndexOf(Comparisons, tokens.Current.Text) >= 0)
            {
                rest.Add((tokens.Next().Text, Sum()));
            }
            else if (tokens.Skip("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (tokens.Current.Is("not") && tokens.Following.Is("in"))
            {
                tokens.Next();
                tokens.Next();
                rest.Add(("not in", Sum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(line, first, rest);
            }
        }
    }

    private Expression Sum() => LeftToRight(Concat, "+", "-");

    private Expression Concat()
    {
        int line = tokens.Line;
        Expression first = Product();
        if (!tokens.Current.Is("~"))
        {
            return first;
        }
        List<Expression> parts = [first];
        while (tokens.Skip("~"))
        {
            parts.Add(Product());
        }
        return new Concatenation(line, parts);
    }

    private Expression Product() => LeftToRight(Power, "*", "/", "//", "%");

    private Expression Power() => LeftToRight(() => Unary(filters: true), "**");

    private Expression LeftToRight(Func<Expression> operand, params string[] operators)
    {
        Expression left = operand();
        while (tokens.Current.Kind == TokenKind.Operator && Array.IndexOf(operators, tokens.Current.Text) >= 0)
        {
            TemplateToken symbol = tokens.Next();
            left = new Arithmetic(symbol.Line, symbol.Text, left, operand());
        }
        return left;
    }

    private Expression Unary(bool filters)
    {
        TemplateRun.RequireStack(tokens.Line);
        int line = tokens.Line;
        Expression value;
        if (tokens.Skip("-"))
        {
            value = new Sign(line, Unary(filters: false), negative: true);
        }
        else if (tokens.Skip("+"))
        {
            value = new Sign(line, Unary(filters: false), negative: false);
        }
        else
        {
            value = Primary();
        }
        value = Postfix(value);
        return filters ? FiltersAndTests(value) : value;
    }

    private Expression Primary()
    {
        TemplateToken token = tokens.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Constant(token.Line, true),
                    "false" or "False" => new Constant(token.Line, false),
                    "none" or "None" => new Constant(token.Line, null),
                    _ => new Variable(token.Line, token.Text),
                };
            case TokenKind.Text:
                string text = token.Text;
                while (tokens.Current.Kind == TokenKind.Text)
                {
                    text += tokens.Next().Text;
                }
                return new Constant(token.Line, text);
            case TokenKind.Integer:
                return new Constant(token.Line, long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long whole)
                    ? whole
                    : throw new TemplateFault($"the number {token.Text} is too large", token.Line));
            case TokenKind.Float:
                return new Constant(token.Line, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Text == "(":
                Expression inner = tokens.Current.Is(")") ? new ListLiteral(token.Line, [], isTuple: true) : ParseTuple(conditional: true);
                tokens.Expect(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return List(token.Line);
            case TokenKind.Operator when token.Text == "{":
                return Dict(token.Line);
            default:
                throw new TemplateFault($"expected a value, found {token}", token.Line);
        }
    }

    private ListLiteral List(int line)
    {
        List<Expression> items = [];
        while (!tokens.Skip("]"))
        {
            items.Add(Parse());
            if (!tokens.Current.Is("]"))
            {
                tokens.Expect(",");
            }
        }
        return new(line, items, isTuple: false);
    }

    private DictLiteral Dict(int line)
    {
        List<(Expression Key, Expression Value)> entries = [];
        while (!tokens.Skip("}"))
        {
            Expression key = Parse();
            tokens.Expect(":");
            entries.Add((key, Parse()));
            if (!tokens.Current.Is("}"))
            {
                tokens.Expect(",");
            }
        }
        return new(line, entries);
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            int line = tokens.Line;
            if (tokens.Skip("."))
            {
                TemplateToken name = tokens.Next();
                value = name.Kind switch
                {
                    TokenKind.Name => new Member(line, value, new Constant(line, name.Text), isAttribute: true),
                    TokenKind.Integer => new Member(line, value, new Constant(line, long.Parse(name.Text, CultureInfo.InvariantCulture)), false),
                    _ => throw new TemplateFault($"expected a name after '.', found {name}", line),
                };
            }
            else if (tokens.Skip("["))
            {
                value = Subscript(value, line);
            }
            else if (tokens.Current.Is("("))
            {
                value = new Call(line, value, Arguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Subscript(Expression value, int line)
    {
        Expression? start = tokens.Current.Is(":") ? null : Parse();
        if (!tokens.Skip(":"))
        {
            tokens.Expect("]");
            return new Member(line, value, start!, isAttribute: false);
        }
        Expression? stop = tokens.Current.Is(":") || tokens.Current.Is("]") ? null : Parse();
        Expression? step = tokens.Skip(":") && !tokens.Current.Is("]") ? Parse() : null;
        tokens.Expect("]");
        return new Slice(line, value, start, stop, step);
    }

    private Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.Current.Is("|"))
            {
                value = Filters(value);
            }
            else if (tokens.Current.Is("is"))
            {
                value = Test(value);
            }
            else if (tokens.Current.Is("("))
            {
                value = new Call(tokens.Line, value, Arguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Test(Expression value)
    {
        int line = tokens.Next().Line;
        bool negated = tokens.Skip("not");
        string name = DottedName("a test");
        CallArguments arguments = CallArguments.None;
        TemplateToken next = tokens.Current;
        if (next.Is("("))
        {
            arguments = Arguments();
        }
        else if (next.Kind is TokenKind.Text or TokenKind.Integer or TokenKind.Float || next.Is("[") || next.Is("{")
            || (next.Kind == TokenKind.Name && next.Text is not ("else" or "or" or "and")))
        {
            if (next.Is("is"))
            {
                throw new TemplateFault("tests cannot be chained by 'is'", next.Line);
            }
            arguments = new([Postfix(Primary())], []);
        }
        Expression test = new TestCall(line, value, name, arguments);
        return negated ? new Not(line, test) : test;
    }

    private string DottedName(string what)
    {
        string name = tokens.Expect(TokenKind.Name, what).Text;
        while (tokens.Skip("."))
        {
            name += "." + tokens.Expect(TokenKind.Name, what).Text;
        }
        return name;
    }

    private CallArguments Arguments()
    {
        tokens.Expect("(");
        List<Expression> positional = [];
        List<(string Name, Expression Value)> named = [];
        while (!tokens.Skip(")"))
        {
            if (tokens.Current.Is("*") || tokens.Current.Is("**"))
            {
                throw new TemplateFault("arguments with a star are not supported", tokens.Line);
            }
            if (tokens.Current.Kind == TokenKind.Name && tokens.Following.Is("="))
            {
                string name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, Parse()));
            }
            else if (named.Count > 0)
            {
                throw new TemplateFault("an argument without a name follows one with a name", tokens.Line);
            }
            else
            {
                positional.Add(Parse());
            }
            if (!tokens.Current.Is(")"))
            {
                tokens.Expect(",");
            }
        }
        return new(positional, named);
    }
}

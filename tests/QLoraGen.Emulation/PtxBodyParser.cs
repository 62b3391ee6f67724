namespace QLoraGen.Emulation;

/// <summary>Reads the body of a function into statements whose registers and variables are resolved by scope.</summary>
internal sealed class PtxBodyParser(PtxTokens tokens, PtxModule module, PtxFunction function)
{
    /// <summary>Reads from the opening brace to the closing one.</summary>
    public void Parse(PtxScope outer)
    {
        tokens.Expect("{");
        var scope = outer;
        for (int depth = 1; depth > 0;)
        {
            if (tokens.Take("{"))
            {
                scope = new(scope);
                depth++;
            }
            else if (tokens.Take("}"))
            {
                scope = scope.Parent!;
                depth--;
            }
            else
                Located(() => ParseStatement(scope));
        }
    }

    private void Located(Action parse)
    {
        var (line, text) = (tokens.Line, tokens.LineText);
        try
        {
            parse();
        }
        catch (PtxFault fault) when (!fault.Message.Contains("(line ", StringComparison.Ordinal))
        {
            throw new PtxFault($"{fault.Message} (line {line}: {text})", fault);
        }
    }

    private void ParseStatement(PtxScope scope)
    {
        switch (tokens.Peek)
        {
            case ";":
                tokens.Next();
                break;
            case ".reg":
                ParseRegisters(scope);
                break;
            case ".shared" or ".local" or ".param" or ".const" or ".global":
                ParseVariables(scope);
                break;
            case ".extern":
                tokens.Next();
                ParseVariables(scope);
                break;
            case ".pragma":
                PtxParser.ParsePragma(tokens);
                break;
            case ".loc":
                tokens.Next();
                tokens.Integer();
                tokens.Integer();
                tokens.Integer();
                break;
            default:
                if (tokens.PeekSecond == ":")
                    ParseLabel(scope);
                else
                    ParseInstruction(scope);
                break;
        }
    }

    private void ParseLabel(PtxScope scope)
    {
        string name = tokens.Next();
        tokens.Expect(":");
        if (tokens.Take(".branchtargets"))
            scope.Targets(name, [.. tokens.ListUntil(";", tokens.Next)]);
        else
            scope.Label(name, function.Statements.Count);
    }

    private void ParseRegisters(PtxScope scope)
    {
        tokens.Expect(".reg");
        string word = tokens.Next();
        if (!word.StartsWith('.') || !PtxType.TryParse(word[1..], out var type))
            throw tokens.Fault($"A type expected, found '{word}'");
        do
        {
            string name = tokens.Next();
            if (!tokens.Take("<"))
            {
                Declare(name);
                continue;
            }
            int count = tokens.Integer();
            tokens.Expect(">");
            for (int i = 0; i < count; i++)
                Declare($"{name}{i}");
        }
        while (tokens.Take(","));
        tokens.Expect(";");

        void Declare(string name) => scope.Declare(name, new RegisterOperand(function.AddRegister(name, type)));
    }

    private void ParseVariables(PtxScope scope)
    {
        foreach (var variable in PtxVariableParser.ParseList(tokens))
        {
            if (variable.Space is PtxSpace.Local or PtxSpace.Param)
                function.Place(variable);
            else
                PtxParser.Place(module, variable);
            scope.Declare(variable.Name, new VariableOperand(variable));
        }
    }

    private void ParseInstruction(PtxScope scope)
    {
        var (start, line) = (tokens.Position, tokens.Line);
        RegisterOperand? guard = null;
        if (tokens.Take("@"))
            guard = ParseOperand(scope) as RegisterOperand ?? throw tokens.Fault("A predicate is needed after '@'");
        string opcode = tokens.Next();
        var operands = tokens.ListUntil(";", () => ParseOperand(scope));
        function.Statements.Add(new(opcode, operands, guard, scope, line, tokens.TextSince(start)));
    }

    private PtxOperand ParseOperand(PtxScope scope)
    {
        if (tokens.Take("["))
            return ParseAddress(scope);
        if (tokens.Take("{"))
            return new GroupOperand(tokens.ListUntil("}", () => ParseOperand(scope)));
        if (tokens.Take("("))
            return new GroupOperand(tokens.ListUntil(")", () => ParseOperand(scope)));
        if (tokens.Take("!"))
            return ParseOperand(scope) is RegisterOperand register
                ? register with { Negated = true }
                : throw tokens.Fault("Only a predicate can be negated");
        if (tokens.Take("-"))
            return new ImmediateOperand("-" + tokens.Next());
        var first = Resolve(tokens.Next(), scope);
        return tokens.Take("|") ? new PairOperand(first, ParseOperand(scope)) : first;
    }

    private AddressOperand ParseAddress(PtxScope scope)
    {
        var address = ParseOperand(scope);
        long offset = 0;
        while (!tokens.Take("]"))
        {
            bool plus = tokens.Take("+");
            bool minus = tokens.Take("-");
            if (!plus && !minus)
                throw tokens.Fault($"Not understood in an address: '{tokens.Peek}'");
            long value = (long)PtxLiteral.Parse(tokens.Next(), PtxType.Of("s64"));
            offset += minus ? -value : value;
        }
        return new(address, offset);
    }

    private PtxOperand Resolve(string word, PtxScope scope)
    {
        if (scope.Find(word) is { } declared)
            return declared;
        if (function.Special(word) is { } special)
            return new RegisterOperand(special);
        if (word.StartsWith('%'))
            throw new PtxFault($"The register '{word}' is not declared, or is a special one that is not known here.");
        return char.IsAsciiDigit(word[0]) || word[0] == '.' ? new ImmediateOperand(word) : new NameOperand(word);
    }
}

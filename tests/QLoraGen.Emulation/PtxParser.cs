namespace QLoraGen.Emulation;

/// <summary>Reads a module: its directives, its variables and its functions. What it does not know is an error, never skipped.</summary>
internal static class PtxParser
{
    public static PtxModule Parse(string text)
    {
        var tokens = new PtxTokens(text);
        var module = new PtxModule();
        var scope = new PtxScope(null);
        while (!tokens.AtEnd)
            ParseTopLevel(tokens, module, scope);
        return module;
    }

    private static void ParseTopLevel(PtxTokens tokens, PtxModule module, PtxScope scope)
    {
        while (tokens.Peek is ".visible" or ".extern" or ".weak")
            tokens.Next();
        switch (tokens.Peek)
        {
            case ".version" or ".address_size":
                tokens.Next();
                tokens.Next();
                break;
            case ".target":
                tokens.Next();
                do
                    tokens.Next();
                while (tokens.Take(","));
                break;
            case ".file":
                tokens.Next();
                tokens.Integer();
                tokens.Next();
                while (tokens.Take(","))
                    tokens.Integer();
                break;
            case ".pragma":
                ParsePragma(tokens);
                break;
            case ".entry" or ".func":
                ParseFunction(tokens, module, scope);
                break;
            case ".shared" or ".global" or ".const":
                ParseModuleVariable(tokens, module, scope);
                break;
            default:
                throw tokens.Fault($"Unknown at module level: '{tokens.Peek}'");
        }
    }

    public static void ParsePragma(PtxTokens tokens)
    {
        tokens.Expect(".pragma");
        tokens.Next();
        tokens.Expect(";");
    }

    private static void ParseModuleVariable(PtxTokens tokens, PtxModule module, PtxScope scope)
    {
        foreach (var variable in PtxVariableParser.ParseList(tokens))
        {
            Place(module, variable);
            scope.Declare(variable.Name, new VariableOperand(variable));
        }
    }

    /// <summary>Shared memory gets its offset here; global and constant memory gets its address when the machine loads the module.</summary>
    public static void Place(PtxModule module, PtxVariable variable)
    {
        if (variable.Space == PtxSpace.Shared)
            module.PlaceShared(variable);
        module.Variables.Add(variable);
    }

    private static void ParseFunction(PtxTokens tokens, PtxModule module, PtxScope outer)
    {
        bool isEntry = tokens.Next() == ".entry";
        var scope = new PtxScope(outer);
        List<PtxVariable> results = tokens.Take("(") ? ParseParameters(tokens) : [];
        var function = new PtxFunction(tokens.Next(), isEntry);
        function.Results.AddRange(results);
        if (tokens.Take("("))
            function.Parameters.AddRange(ParseParameters(tokens));
        foreach (var variable in function.Results.Concat(function.Parameters))
        {
            function.Place(variable);
            scope.Declare(variable.Name, new VariableOperand(variable));
        }
        ParseAttributes(tokens, function);
        if (tokens.Take(";"))
            return;
        if (!module.Functions.TryAdd(function.Name, function))
            throw tokens.Fault($"'{function.Name}' is defined twice");
        new PtxBodyParser(tokens, module, function).Parse(scope);
    }

    private static List<PtxVariable> ParseParameters(PtxTokens tokens) =>
        tokens.ListUntil(")", () => PtxVariableParser.ParseOne(tokens));

    private static void ParseAttributes(PtxTokens tokens, PtxFunction function)
    {
        while (tokens.Peek is ".maxntid" or ".reqntid" or ".minnctapersm" or ".maxnreg" or ".noreturn")
        {
            switch (tokens.Next())
            {
                case ".maxntid" or ".reqntid":
                    function.MaxThreads = tokens.Integers().Aggregate((a, b) => a * b);
                    break;
                case ".noreturn":
                    break;
                default:
                    tokens.Integer();
                    break;
            }
        }
    }
}

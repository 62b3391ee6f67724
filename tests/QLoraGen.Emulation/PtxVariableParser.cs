namespace QLoraGen.Emulation;

/// <summary>Reads declarations of memory: <c>.shared .align 16 .b8 tile[2048];</c> and the parameters of functions.</summary>
internal static class PtxVariableParser
{
    /// <summary>A whole declaration with its semicolon; several names may share a type.</summary>
    public static List<PtxVariable> ParseList(PtxTokens tokens)
    {
        var (space, type, align, width) = ParseHead(tokens);
        var variables = new List<PtxVariable>();
        do
            variables.Add(ParseNamed(tokens, space, type, align, width));
        while (tokens.Take(","));
        tokens.Expect(";");
        return variables;
    }

    public static PtxVariable ParseOne(PtxTokens tokens)
    {
        var (space, type, align, width) = ParseHead(tokens);
        return ParseNamed(tokens, space, type, align, width);
    }

    private static (PtxSpace Space, PtxType Type, int Align, int Width) ParseHead(PtxTokens tokens)
    {
        var space = tokens.Peek switch
        {
            ".shared" => PtxSpace.Shared,
            ".global" => PtxSpace.Global,
            ".const" => PtxSpace.Const,
            ".local" => PtxSpace.Local,
            ".param" => PtxSpace.Param,
            _ => throw tokens.Fault($"A memory expected, found '{tokens.Peek}'"),
        };
        tokens.Next();
        int align = tokens.Take(".align") ? tokens.Integer() : 0;
        int width = tokens.Take(".v4") ? 4 : tokens.Take(".v2") ? 2 : 1;
        string word = tokens.Next();
        if (!word.StartsWith('.') || !PtxType.TryParse(word[1..], out var type))
            throw tokens.Fault($"A type expected, found '{word}'");
        return (space, type, align == 0 ? type.Bytes * width : align, width);
    }

    private static PtxVariable ParseNamed(PtxTokens tokens, PtxSpace space, PtxType type, int align, int width)
    {
        string name = tokens.Next();
        int count = width;
        bool dynamic = false;
        while (tokens.Take("["))
        {
            dynamic = tokens.Take("]");
            if (dynamic)
                break;
            count *= tokens.Integer();
            tokens.Expect("]");
        }
        if (dynamic && space != PtxSpace.Shared)
            throw tokens.Fault($"'{name}' has no size");
        var variable = new PtxVariable(name, space, type, align, dynamic ? 0 : count * type.Bytes) { IsDynamic = dynamic };
        if (tokens.Take("="))
            variable.Initial = ParseInitial(tokens, variable);
        return variable;
    }

    private static byte[] ParseInitial(PtxTokens tokens, PtxVariable variable)
    {
        if (variable.Space is not (PtxSpace.Global or PtxSpace.Const))
            throw tokens.Fault($"'{variable.Name}' cannot have an initial value");
        List<ulong> values = tokens.Take("{") ? tokens.ListUntil("}", ParseValue) : [ParseValue()];
        byte[] bytes = new byte[variable.Bytes];
        int size = variable.Type.Bytes;
        if (values.Count * size > bytes.Length)
            throw tokens.Fault($"'{variable.Name}' has more initial values than elements");
        for (int i = 0; i < values.Count; i++)
            BitConverter.GetBytes(values[i]).AsSpan(0, size).CopyTo(bytes.AsSpan(i * size));
        return bytes;

        ulong ParseValue() => PtxLiteral.Parse((tokens.Take("-") ? "-" : "") + tokens.Next(), variable.Type);
    }
}

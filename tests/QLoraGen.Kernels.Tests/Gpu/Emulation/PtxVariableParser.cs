using System.Globalization;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

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

/// <summary>Immediates: decimal, hexadecimal, octal and binary integers, and floating point as decimals or as exact bits.</summary>
internal static class PtxLiteral
{
    public static ulong Parse(string text, PtxType type)
    {
        string digits = text.TrimStart('-');
        bool negative = digits.Length < text.Length;
        if (digits.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && digits.Length == 10)
            return FromDouble(Sign(BitConverter.UInt32BitsToSingle(uint.Parse(digits[2..], NumberStyles.HexNumber)), negative), type, text);
        if (digits.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && digits.Length == 18)
            return FromDouble(Sign(BitConverter.UInt64BitsToDouble(ulong.Parse(digits[2..], NumberStyles.HexNumber)), negative), type, text);
        if (ParseInteger(digits) is { } value)
            return type.IsFloat && value != 0 && type.Bits > 16
                ? throw new PtxFault($"The integer {text} stands where {type.Name} is needed.")
                : negative ? 0 - value : value;
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double real))
            return FromDouble(Sign(real, negative), type, text);
        throw new PtxFault($"'{text}' is no number and is not declared.");
    }

    private static double Sign(double value, bool negative) => negative ? -value : value;

    private static ulong FromDouble(double value, PtxType type, string text) => type.Name switch
    {
        "f64" or "b64" => BitConverter.DoubleToUInt64Bits(value),
        "f32" or "b32" => BitConverter.SingleToUInt32Bits((float)value),
        _ => throw new PtxFault($"The number {text} stands where {type.Name} is needed."),
    };

    private static ulong? ParseInteger(string digits)
    {
        string plain = digits.TrimEnd('U');
        if (plain.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(plain[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong hex) ? hex : null;
        if (plain.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(plain[2..], NumberStyles.BinaryNumber, CultureInfo.InvariantCulture, out ulong binary) ? binary : null;
        if (plain.Length > 1 && plain[0] == '0' && plain.All(c => c is >= '0' and <= '7'))
            return Convert.ToUInt64(plain, 8);
        return ulong.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }
}

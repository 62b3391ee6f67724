using System.Globalization;
using System.Text;

namespace QLoraGen.Templates;

/// <summary>Reads the tokens inside a tag, one after another.</summary>
internal struct ExpressionLexer(string source, int at, int line)
{
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", "=", ">", "<", ".", ":", "|", ",", ";"];

    /// <summary>Where the next token begins.</summary>
    public int At { get; private set; } = at;

    /// <summary>The line that the next token stands in.</summary>
    public int Line { get; private set; } = line;

    /// <summary>How many brackets are open: inside them a tag does not end.</summary>
    public int Depth { get; private set; }

    /// <summary>Goes on to what is not white space.</summary>
    public void SkipSpace()
    {
        while (At < source.Length && Python.IsSpace(source[At]))
        {
            Line += source[At++] == '\n' ? 1 : 0;
        }
    }

    /// <summary>The token that begins here; there is one.</summary>
    public TemplateToken Next()
    {
        char c = source[At];
        if (c is '\'' or '"')
        {
            return ReadString(c);
        }
        if (char.IsAsciiDigit(c))
        {
            return ReadNumber();
        }
        if (c == '_' || char.IsLetter(c))
        {
            int start = At;
            while (At < source.Length && (source[At] == '_' || char.IsLetterOrDigit(source[At])))
            {
                At++;
            }
            return new(TokenKind.Name, source[start..At], Line);
        }
        foreach (string symbol in Operators)
        {
            if (string.CompareOrdinal(source, At, symbol, 0, symbol.Length) == 0)
            {
                At += symbol.Length;
                Depth += symbol is "(" or "[" or "{" ? 1 : symbol is ")" or "]" or "}" ? -1 : 0;
                return Depth < 0
                    ? throw new TemplateFault($"'{symbol}' closes nothing", Line)
                    : new(TokenKind.Operator, symbol, Line);
            }
        }
        throw new TemplateFault($"the character '{c}' has no meaning in a tag", Line);
    }

    private TemplateToken ReadNumber()
    {
        int start = At;
        bool fraction = false;
        Digits();
        if (At + 1 < source.Length && source[At] == '.' && char.IsAsciiDigit(source[At + 1]))
        {
            fraction = true;
            At++;
            Digits();
        }
        int exponent = At + 1 < source.Length && source[At] is 'e' or 'E' ? At + (source[At + 1] is '+' or '-' ? 2 : 1) : source.Length;
        if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
        {
            fraction = true;
            At = exponent;
            Digits();
        }
        string text = source[start..At].Replace("_", "", StringComparison.Ordinal);
        return new(fraction ? TokenKind.Float : TokenKind.Integer, text, Line);
    }

    private void Digits()
    {
        while (At < source.Length && (char.IsAsciiDigit(source[At]) || source[At] == '_'))
        {
            At++;
        }
    }

    private TemplateToken ReadString(char quote)
    {
        (int begun, StringBuilder text) = (Line, new());
        for (At++; At < source.Length; At++)
        {
            char c = source[At];
            Line += c == '\n' ? 1 : 0;
            if (c == quote)
            {
                At++;
                return new(TokenKind.Text, text.ToString(), begun);
            }
            if (c == '\\' && At + 1 < source.Length)
            {
                At++;
                Escape(text);
            }
            else
            {
                text.Append(c);
            }
        }
        throw new TemplateFault($"a string is not closed by {quote}", begun);
    }

    /// <summary>Appends what a backslash and the character after it mean in Python.</summary>
    private void Escape(StringBuilder text)
    {
        char c = source[At];
        switch (c)
        {
            case '\n':
                Line++;
                break;
            case 'N':
                throw new TemplateFault("characters by their Unicode name are not supported in a string", Line);
            case 'x' or 'u' or 'U':
                text.Append(Hex(c == 'x' ? 2 : c == 'u' ? 4 : 8));
                break;
            case >= '0' and <= '7':
                int value = 0;
                int end = Math.Min(At + 3, source.Length);
                for (; At < end && source[At] is >= '0' and <= '7'; At++)
                {
                    value = (value * 8) + source[At] - '0';
                }
                At--;
                text.Append((char)value);
                break;
            default:
                int known = "\\'\"abfnrtv".IndexOf(c, StringComparison.Ordinal);
                text.Append(known < 0 ? $"\\{c}" : "\\'\"\a\b\f\n\r\t\v"[known].ToString());
                break;
        }
    }

    private string Hex(int digits)
    {
        bool known = At + digits < source.Length
            & int.TryParse(source.AsSpan(At + 1, Math.Min(digits, source.Length - At - 1)), NumberStyles.AllowHexSpecifier, null, out int code);
        At += digits;
        return !known || code is < 0 or > 0x10FFFF ? throw new TemplateFault("an escape in a string is not hexadecimal", Line)
            : code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString()
            : char.ConvertFromUtf32(code);
    }
}

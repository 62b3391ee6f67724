using System.Globalization;
using System.Text;

namespace QLoraGen.Json;

/// <summary>
/// JSON (RFC 8259) with the place of every value. It exists beside System.Text.Json because that one keeps no places and
/// cannot be brought into the compiler. At most <see cref="MaxDepth"/> levels, no name twice in an object.
/// </summary>
public sealed class JsonReader
{
    /// <summary>Levels of lists and objects inside each other.</summary>
    public const int MaxDepth = 64;

    private readonly string text;
    private int at;
    private int depth;

    private JsonReader(string text) => this.text = text;

    /// <summary>Reads a whole text.</summary>
    /// <exception cref="JsonException">It is not one JSON value; the exception says where.</exception>
    public static JsonNode Parse(string text)
    {
        var reader = new JsonReader(text);
        reader.SkipSpace();
        JsonNode root = reader.ReadValue();
        reader.SkipSpace();
        return reader.at == text.Length ? root : throw reader.Wrong("there is more after the end of the value");
    }

    private JsonNode ReadValue()
    {
        JsonNode node = Peek() switch
        {
            '{' => ReadObject(),
            '[' => ReadArray(),
            '"' => new JsonNode(JsonKind.Text, at, ReadText()),
            't' => Word("true", JsonKind.Bool, true),
            'f' => Word("false", JsonKind.Bool, false),
            'n' => Word("null", JsonKind.Null, null),
            '-' or (>= '0' and <= '9') => ReadNumber(),
            '\0' => throw Wrong("the text ends where a value is needed"),
            _ => throw Wrong("there is no value here"),
        };
        node.Length = at - node.Start;
        return node;
    }

    private JsonNode ReadObject()
    {
        var node = new JsonNode(JsonKind.Object, at, null);
        var members = new List<JsonMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Each('}', () =>
        {
            int start = at;
            if (Peek() != '"')
            {
                throw Wrong("a name in double quotes is needed");
            }
            string name = ReadText();
            int length = at - start;
            if (!names.Add(name))
            {
                at = start;
                throw Wrong($"the name {Shown.Quoted(name)} is there twice");
            }
            SkipSpace();
            Take(':');
            SkipSpace();
            members.Add(new JsonMember(name, start, length, ReadValue()));
        });
        node.Members = members;
        return node;
    }

    private JsonNode ReadArray()
    {
        var node = new JsonNode(JsonKind.Array, at, null);
        var items = new List<JsonNode>();
        Each(']', () => items.Add(ReadValue()));
        node.Items = items;
        return node;
    }

    // What stands between brackets, parted by commas.
    private void Each(char close, Action read)
    {
        if (++depth > MaxDepth)
        {
            throw Wrong($"it is more than {MaxDepth} levels deep");
        }
        at++;
        SkipSpace();
        if (Peek() != close)
        {
            read();
            SkipSpace();
            while (Peek() == ',')
            {
                at++;
                SkipSpace();
                read();
                SkipSpace();
            }
        }
        Take(close);
        depth--;
    }

    private string ReadText()
    {
        at++;
        var value = new StringBuilder();
        while (true)
        {
            char c = at < text.Length ? text[at++] : throw Wrong("the text ends inside a string");
            switch (c)
            {
                case '"':
                    return value.ToString();
                case '\\':
                    value.Append(ReadEscape());
                    break;
                case < ' ':
                    at--;
                    throw Wrong("a string has a control character, which must be escaped");
                default:
                    value.Append(c);
                    break;
            }
        }
    }

    private char ReadEscape()
    {
        char c = at < text.Length ? text[at++] : throw Wrong("the text ends inside a string");
        switch (c)
        {
            case '"' or '\\' or '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when at + 4 <= text.Length
                && ushort.TryParse(text.Substring(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code):
                at += 4;
                return (char)code;
            default:
                at--;
                throw Wrong("a string has an escape that JSON does not know");
        }
    }

    private JsonNode ReadNumber()
    {
        int start = at;
        if (Peek() == '-')
        {
            at++;
        }
        int whole = at;
        Digits();
        if (at - whole > 1 && text[whole] == '0')
        {
            at = whole;
            throw Wrong("a number begins with a zero");
        }
        bool real = false;
        if (Peek() == '.')
        {
            real = true;
            at++;
            Digits();
        }
        if (Peek() is 'e' or 'E')
        {
            real = true;
            at++;
            if (Peek() is '+' or '-')
            {
                at++;
            }
            Digits();
        }
        string number = text.Substring(start, at - start);
        return !real && long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)
            ? new JsonNode(JsonKind.Integer, start, integer)
            : new JsonNode(JsonKind.Real, start, ParseReal(number));
    }

    // Beyond a double's range the older frameworks throw where the newer ones give infinity.
    private static double ParseReal(string number) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
        : number[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;

    private void Digits()
    {
        int start = at;
        while (Peek() is >= '0' and <= '9')
        {
            at++;
        }
        if (at == start)
        {
            throw Wrong("a digit is needed");
        }
    }

    private JsonNode Word(string word, JsonKind kind, object? value)
    {
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0)
        {
            throw Wrong("there is no value here");
        }
        at += word.Length;
        return new JsonNode(kind, at - word.Length, value);
    }

    private void Take(char expected)
    {
        if (Peek() != expected || at >= text.Length)
        {
            throw Wrong($"'{expected}' is needed");
        }
        at++;
    }

    private void SkipSpace()
    {
        while (Peek() is ' ' or '\t' or '\n' or '\r')
        {
            at++;
        }
    }

    private char Peek() => at < text.Length ? text[at] : '\0';

    private JsonException Wrong(string reason) => new(Math.Min(at, text.Length), reason);
}

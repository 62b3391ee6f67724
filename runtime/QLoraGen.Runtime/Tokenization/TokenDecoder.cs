using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// The `decoder` of a `tokenizer.json`: how a token is written as text. Fuse joins the tokens, which we do in any case; Strip may
/// follow it and then takes spaces from the start of the whole text.
/// </summary>
internal sealed class TokenDecoder
{
    private delegate string Step(string token, bool first);

    private readonly List<Step> steps = [];
    private bool bytes, fallback;

    /// <summary>Decodes the characters of <see cref="ByteAlphabet"/>.</summary>
    public static TokenDecoder ByteLevel { get; } = new() { bytes = true };

    /// <summary>How many spaces the start of a text loses at most.</summary>
    public int StripsAtStart { get; private set; }

    /// <summary>What stands between two tokens: a space where the file has no decoder.</summary>
    public string Between { get; private init; } = "";

    /// <summary>Reads the field `decoder`, which may be null.</summary>
    public static TokenDecoder Read(JsonField field)
    {
        TokenDecoder decoder = new() { Between = field.Exists ? "" : " " };
        bool fused = false;
        foreach (JsonField part in TokenizerJson.Parts(field, "decoders"))
        {
            string type = part["type"].AsString();
            if (fused && type != "Strip")
            {
                throw part["type"].Error($"only Strip is supported after Fuse, found '{type}'");
            }
            fused |= type == "Fuse";
            decoder.Add(part, type, fused);
        }
        return decoder;
    }

    /// <summary>Appends the UTF-8 bytes of a token.</summary>
    /// <param name="token">The token as the vocabulary has it.</param>
    /// <param name="first">Whether it begins the text.</param>
    /// <param name="utf8">Where the bytes go.</param>
    public void Append(string token, bool first, List<byte> utf8)
    {
        foreach (Step step in steps)
        {
            token = step(token, first);
        }
        if (fallback && token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2),
            System.Globalization.NumberStyles.AllowHexSpecifier, null, out byte value))
        {
            utf8.Add(value);
        }
        else if (!bytes || !ByteAlphabet.TryRead(token, utf8))
        {
            utf8.AddRange(Encoding.UTF8.GetBytes(token));
        }
    }

    private void Add(JsonField part, string type, bool fused)
    {
        switch (type)
        {
            case "Fuse":
                break;
            case "ByteLevel":
                bytes = true;
                break;
            case "ByteFallback":
                fallback = true;
                break;
            case "Metaspace":
                (string space, bool strips) = (MetaspaceStep.Replacement(part).ToString(), MetaspaceStep.Scheme(part) != "never");
                steps.Add((token, first) => token.Replace(space, first && strips ? "" : " ", StringComparison.Ordinal));
                break;
            case "Replace":
                (string old, string content) = (part["pattern"]["String"].AsString(), part["content"].AsString());
                if (old.Length == 0)
                {
                    throw part["pattern"]["String"].Error("must not be empty");
                }
                steps.Add((token, _) => token.Replace(old, content, StringComparison.Ordinal));
                break;
            case "Strip" when fused:
                if (part["content"].AsString() != " " || Count(part["stop"]) != 0)
                {
                    throw part.Error("after Fuse only spaces at the start can be stripped");
                }
                StripsAtStart += Count(part["start"]);
                break;
            case "Strip":
                steps.Add(Strip(part));
                break;
            default:
                throw part["type"].Error("only ByteLevel, ByteFallback, Metaspace, Replace, Strip, Fuse and Sequence are supported, "
                    + $"found '{type}'");
        }
    }

    private static Step Strip(JsonField part)
    {
        char content = part["content"].AsString() is [{ } one] ? one : throw part["content"].Error("must be one character");
        (int start, int stop) = (Count(part["start"]), Count(part["stop"]));
        return (token, _) =>
        {
            (int from, int to) = (0, token.Length);
            while (from < start && from < to && token[from] == content)
            {
                from++;
            }
            while (token.Length - to < stop && to > from && token[to - 1] == content)
            {
                to--;
            }
            return token[from..to];
        };
    }

    private static int Count(JsonField field) => field.Exists ? field.AsId() : 0;
}

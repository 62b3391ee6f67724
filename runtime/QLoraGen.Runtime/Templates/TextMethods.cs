namespace QLoraGen.Templates;

/// <summary>The methods of texts, under Python's names.</summary>
internal static class TextMethods
{
    private static readonly string[] Unsupported =
    [
        "casefold", "center", "encode", "expandtabs", "format", "format_map", "index", "isalnum", "isascii", "isdecimal", "isidentifier",
        "islower", "isnumeric", "isprintable", "istitle", "isupper", "ljust", "maketrans", "partition", "rindex", "rjust", "rpartition",
        "swapcase", "translate", "zfill",
    ];

    /// <summary>The method of a name, or null.</summary>
    public static Callable? Find(string text, string name) => name switch
    {
        "strip" => With(name, ["chars"], given => Python.Trim(text, given.OptionalText("chars"))),
        "lstrip" => With(name, ["chars"], given => Python.TrimStart(text, given.OptionalText("chars"))),
        "rstrip" => With(name, ["chars"], given => Python.TrimEnd(text, given.OptionalText("chars"))),
        "split" => With(name, ["sep", "maxsplit"], given => Split(text, given, fromEnd: false)),
        "rsplit" => With(name, ["sep", "maxsplit"], given => Split(text, given, fromEnd: true)),
        "splitlines" => With(name, [], _ => new TemplateList([.. Lines(text)])),
        "startswith" => With(name, ["prefix"], given => Any(given.Required("prefix"), part => text.StartsWith(part, StringComparison.Ordinal))),
        "endswith" => With(name, ["suffix"], given => Any(given.Required("suffix"), part => text.EndsWith(part, StringComparison.Ordinal))),
        "removeprefix" => With(name, ["prefix"], given =>
            text.StartsWith(given.Text("prefix"), StringComparison.Ordinal) ? text[given.Text("prefix").Length..] : text),
        "removesuffix" => With(name, ["suffix"], given =>
            text.EndsWith(given.Text("suffix"), StringComparison.Ordinal) ? text[..^given.Text("suffix").Length] : text),
        "upper" => With(name, [], _ => text.ToUpperInvariant()),
        "lower" => With(name, [], _ => text.ToLowerInvariant()),
        "title" => With(name, [], _ => Python.Title(text)),
        "capitalize" => With(name, [], _ => Python.Capitalize(text)),
        "replace" => new Callable(name, (run, call) =>
        {
            BoundArguments given = new("'replace'", call, "old", "new", "count");
            return Replace(run, text, given.Text("old"), given.Text("new"), given.Number("count", -1));
        }),
        "find" => With(name, ["sub"], given => Place(text, text.IndexOf(given.Text("sub"), StringComparison.Ordinal))),
        "rfind" => With(name, ["sub"], given => Place(text, given.Text("sub").Length == 0 ? text.Length : text.LastIndexOf(given.Text("sub"), StringComparison.Ordinal))),
        "count" => With(name, ["sub"], given => Count(text, given.Text("sub"))),
        "join" => new Callable(name, (run, call) =>
        {
            IEnumerable<string> parts = Value.Items(new BoundArguments("'join'", call, "items").Required("items"))
                .Select(static item => item as string ?? throw new TemplateFault($"'join' takes texts, not a {Value.TypeName(item)}"));
            string joined = string.Join(text, parts);
            run.SpendLength(joined.Length);
            return joined;
        }),
        "isdigit" => With(name, [], _ => text.Length > 0 && text.All(char.IsDigit)),
        "isalpha" => With(name, [], _ => text.Length > 0 && text.All(char.IsLetter)),
        "isspace" => With(name, [], _ => text.Length > 0 && Python.IsSpace(text.AsSpan())),
        _ when Array.IndexOf(Unsupported, name) >= 0 => throw new TemplateFault($"the method '{name}' of texts is not supported"),
        _ => null,
    };

    /// <summary>The text with a part replaced, at most so many times; -1 is everywhere.</summary>
    public static string Replace(TemplateRun run, string text, string old, string with, long count)
    {
        List<string> parts = old.Length == 0 ? [.. Python.Characters(text).Prepend("").Append("").Cast<string>()] : Cut(text, old, count, fromEnd: false);
        if (old.Length == 0 && (count >= 0 || text.Length == 0))
        {
            throw new TemplateFault("an empty text cannot be replaced a number of times");
        }
        run.SpendLength(text.Length + (Math.Max(0L, with.Length - old.Length) * parts.Count));
        return string.Join(with, parts);
    }

    /// <summary>Lines without what ends them.</summary>
    public static List<string> Lines(string text)
    {
        List<string> lines = [.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r', '\v', '\f', '\u001C', '\u001D', '\u001E', '\u0085', '\u2028', '\u2029')];
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }
        return lines;
    }

    private static Callable With(string name, string[] parameters, Func<BoundArguments, object?> result) =>
        new(name, (_, call) => result(new BoundArguments($"'{name}'", call, parameters)));

    private static bool Any(object? given, Func<string, bool> holds) => given switch
    {
        string text => holds(text),
        TemplateList { IsTuple: true } tuple => tuple.Items.Any(item => Any(item, holds)),
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateFault($"a text cannot begin or end with a {Value.TypeName(given)}"),
    };

    private static long Place(string text, int at) => at < 0 ? -1 : Python.Length(text[..at]);

    private static long Count(string text, string part)
    {
        long count = part.Length == 0 ? Python.Length(text) + 1 : 0;
        for (int at = part.Length == 0 ? -1 : text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }
        return count;
    }

    private static TemplateList Split(string text, BoundArguments given, bool fromEnd)
    {
        long most = given.Number("maxsplit", -1);
        string? separator = given.OptionalText("sep");
        return separator switch
        {
            null => new([.. Words(text, most, fromEnd)]),
            "" => throw new TemplateFault("a text cannot be split at nothing"),
            _ => new([.. Cut(text, separator, most, fromEnd)]),
        };
    }

    private static List<string> Cut(string text, string separator, long most, bool fromEnd)
    {
        if (!fromEnd)
        {
            return [.. text.Split(separator, (int)Math.Min(int.MaxValue, most < 0 ? int.MaxValue : most + 1))];
        }
        List<string> parts = [];
        int end = text.Length;
        for (int at = 0; at >= 0 && (most < 0 || parts.Count < most);)
        {
            at = text.AsSpan(0, end).LastIndexOf(separator);
            if (at >= 0)
            {
                parts.Add(text[(at + separator.Length)..end]);
                end = at;
            }
        }
        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    /// <summary>What stands between runs of white space; the last of at most so many parts keeps the white space at its far end.</summary>
    private static List<string> Words(string text, long most, bool fromEnd)
    {
        List<string> words = [];
        (int start, int end) = (0, text.Length);
        while (true)
        {
            while (start < end && Python.IsSpace(text[fromEnd ? end - 1 : start]))
            {
                (start, end) = fromEnd ? (start, end - 1) : (start + 1, end);
            }
            if (start == end)
            {
                break;
            }
            int at = most >= 0 && words.Count == most ? -1 : fromEnd ? SpaceBefore(text, start, end) : SpaceAfter(text, start, end);
            if (at < 0)
            {
                words.Add(text[start..end]);
                break;
            }
            words.Add(fromEnd ? text[(at + 1)..end] : text[start..at]);
            (start, end) = fromEnd ? (start, at) : (at, end);
        }
        if (fromEnd)
        {
            words.Reverse();
        }
        return words;
    }

    private static int SpaceAfter(string text, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            if (Python.IsSpace(text[i]))
            {
                return i;
            }
        }
        return -1;
    }

    private static int SpaceBefore(string text, int start, int end)
    {
        for (int i = end - 1; i >= start; i--)
        {
            if (Python.IsSpace(text[i]))
            {
                return i;
            }
        }
        return -1;
    }
}

namespace QLoraGen.Templates;

/// <summary>
/// Cuts a template into text and tags, and tags into tokens. White space as with Jinja's `trim_blocks` and `lstrip_blocks`: the first
/// newline after a block or comment goes, and so does the indentation of one that begins a line; a minus sign at a tag takes all white
/// space on that side, a plus sign keeps it. One newline at the very end goes too.
/// </summary>
internal sealed class TemplateLexer
{
    private readonly string source;
    private readonly List<TemplateToken> tokens = [];
    private int at;
    private int line = 1;
    private bool atLineStart = true;

    public TemplateLexer(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        this.source = source.EndsWith('\n') ? source[..^1] : source;
    }

    /// <summary>All tokens; the last is <see cref="TokenKind.End"/>.</summary>
    public List<TemplateToken> Read()
    {
        while (at < source.Length)
        {
            int tag = NextTag(at);
            string text = source[at..(tag < 0 ? source.Length : tag)];
            if (tag < 0)
            {
                Data(text);
                Advance(source.Length);
                break;
            }
            Tag(text, tag);
        }
        tokens.Add(new(TokenKind.End, "", line));
        return tokens;
    }

    private int NextTag(int from)
    {
        for (int i = source.IndexOf('{', from); i >= 0 && i + 1 < source.Length; i = source.IndexOf('{', i + 1))
        {
            if (source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }
        return -1;
    }

    private void Tag(string text, int tag)
    {
        char kind = source[tag + 1];
        char sign = tag + 2 < source.Length && source[tag + 2] is '-' or '+' ? source[tag + 2] : ' ';
        Data(Stripped(text, sign, kind));
        Advance(tag + (sign == ' ' ? 2 : 3));
        switch (kind)
        {
            case '#':
                Comment();
                break;
            case '{':
                tokens.Add(new(TokenKind.ExpressionBegin, "", line));
                ReadTokens("}}", TokenKind.ExpressionEnd);
                break;
            default:
                if (!Raw())
                {
                    tokens.Add(new(TokenKind.BlockBegin, "", line));
                    ReadTokens("%}", TokenKind.BlockEnd);
                }
                break;
        }
        atLineStart = at > 0 && source[at - 1] == '\n';
    }

    private string Stripped(string text, char sign, char kind)
    {
        if (sign == '-')
        {
            return Python.TrimEnd(text);
        }
        int lineStart = text.LastIndexOf('\n') + 1;
        bool indented = sign != '+' && kind != '{' && (lineStart > 0 || atLineStart) && Python.IsSpace(text.AsSpan(lineStart));
        return indented ? text[..lineStart] : text;
    }

    private void Data(string text)
    {
        if (text.Length > 0)
        {
            tokens.Add(new(TokenKind.Data, text, line));
        }
    }

    private void Comment()
    {
        int end = source.IndexOf("#}", at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateFault("a comment is not closed by '#}'", line);
        }
        char sign = end > at ? source[end - 1] : ' ';
        Advance(end + 2);
        AfterBlock(sign);
    }

    /// <summary>Takes what stands between `raw` and `endraw` as it is.</summary>
    private bool Raw()
    {
        int begin = SkipSpace(at);
        if (string.CompareOrdinal(source, begin, "raw", 0, 3) != 0)
        {
            return false;
        }
        int close = SkipSpace(begin + 3);
        bool strips = close < source.Length && source[close] == '-';
        close += strips ? 1 : 0;
        if (string.CompareOrdinal(source, close, "%}", 0, 2) != 0)
        {
            return false;
        }
        int start = strips ? SkipSpace(close + 2) : close + 2;
        for (int i = source.IndexOf("{%", start, StringComparison.Ordinal); i >= 0; i = source.IndexOf("{%", i + 2, StringComparison.Ordinal))
        {
            char sign = i + 2 < source.Length && source[i + 2] is '-' or '+' ? source[i + 2] : ' ';
            int word = SkipSpace(i + (sign == ' ' ? 2 : 3));
            if (string.CompareOrdinal(source, word, "endraw", 0, 6) != 0)
            {
                continue;
            }
            int end = SkipSpace(word + 6);
            char last = end < source.Length && source[end] is '-' or '+' ? source[end] : ' ';
            end += last == ' ' ? 0 : 1;
            if (string.CompareOrdinal(source, end, "%}", 0, 2) == 0)
            {
                Advance(start);
                atLineStart = start > 0 && source[start - 1] == '\n';
                Data(Stripped(source[start..i], sign, '%'));
                Advance(end + 2);
                AfterBlock(last);
                return true;
            }
        }
        throw new TemplateFault("'raw' is not closed by 'endraw'", line);
    }

    private void ReadTokens(string close, TokenKind closeKind)
    {
        int begun = line;
        ExpressionLexer lexer = new(source, at, line);
        while (true)
        {
            lexer.SkipSpace();
            if (lexer.At >= source.Length)
            {
                throw new TemplateFault($"a tag is not closed by '{close}'", begun);
            }
            if (lexer.Depth == 0 && Closes(lexer.At, close) is { } end)
            {
                char sign = source[lexer.At] is '-' or '+' ? source[lexer.At] : ' ';
                tokens.Add(new(closeKind, "", lexer.Line));
                line = lexer.Line;
                at = end;
                if (closeKind == TokenKind.BlockEnd)
                {
                    AfterBlock(sign);
                }
                else if (sign == '-')
                {
                    Advance(SkipSpace(at));
                }
                return;
            }
            tokens.Add(lexer.Next());
        }
    }

    private int? Closes(int from, string close)
    {
        bool signed = source[from] == '-' || (source[from] == '+' && close == "%}");
        int start = from + (signed ? 1 : 0);
        return string.CompareOrdinal(source, start, close, 0, 2) == 0 ? start + 2 : null;
    }

    private void AfterBlock(char sign)
    {
        if (sign == '-')
        {
            Advance(SkipSpace(at));
        }
        else if (sign != '+' && at < source.Length && source[at] == '\n')
        {
            Advance(at + 1);
        }
    }

    private int SkipSpace(int from)
    {
        while (from < source.Length && Python.IsSpace(source[from]))
        {
            from++;
        }
        return from;
    }

    private void Advance(int to)
    {
        line += source.AsSpan(at, to - at).Count('\n');
        at = to;
    }
}

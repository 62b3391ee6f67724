namespace QLoraGen.Emulation;

internal readonly record struct PtxToken(string Text, int Line);

/// <summary>Cuts PTX into words (names, opcodes with their modifiers, numbers), quoted strings and single marks, without comments.</summary>
internal static class PtxLexer
{
    public static List<PtxToken> Tokenize(string text)
    {
        var tokens = new List<PtxToken>();
        int line = 1;
        for (int at = 0; at < text.Length;)
        {
            char c = text[at];
            bool comment = c == '/' && Next(text, at) is '/' or '*';
            int end = at + 1;
            if (comment)
                end = Next(text, at) is '/' ? EndOf(text, "\n", at) : EndOf(text, "*/", at + 2);
            else if (c == '"')
                end = EndOf(text, "\"", at + 1);
            else if (IsWord(c))
                end = EndOfWord(text, at);

            if (!comment && !char.IsWhiteSpace(c))
                tokens.Add(new(text[at..end], line));
            line += text.AsSpan(at, end - at).Count('\n');
            at = end;
        }
        return tokens;
    }

    private static char? Next(string text, int at) => at + 1 < text.Length ? text[at + 1] : null;

    private static int EndOf(string text, string mark, int from)
    {
        int found = text.IndexOf(mark, from, StringComparison.Ordinal);
        return found < 0 ? text.Length : found + mark.Length;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '%' or '.';

    /// <summary>A double colon belongs to a word, as in L1::no_allocate; a single one ends a label.</summary>
    private static int EndOfWord(string text, int at)
    {
        while (at < text.Length)
        {
            if (IsWord(text[at]))
                at++;
            else if (text[at] == ':' && Next(text, at) is ':')
                at += 2;
            else
                break;
        }
        return at;
    }
}

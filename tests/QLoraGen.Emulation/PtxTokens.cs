using System.Globalization;

namespace QLoraGen.Emulation;

/// <summary>The words of a text, read one after the other; a word that does not fit is an error with its line.</summary>
internal sealed class PtxTokens(string text)
{
    private readonly List<PtxToken> tokens = PtxLexer.Tokenize(text);
    private readonly string[] lines = text.Split('\n');
    private int position;

    public bool AtEnd => position == tokens.Count;

    public string Peek => AtEnd ? "" : tokens[position].Text;

    public string PeekSecond => position + 1 < tokens.Count ? tokens[position + 1].Text : "";

    public int Line => AtEnd ? lines.Length : tokens[position].Line;

    public string LineText => lines[Line - 1].Trim();

    public string Next()
    {
        if (AtEnd)
            throw Fault("The text ends too early");
        return tokens[position++].Text;
    }

    public bool Take(string word)
    {
        if (Peek != word)
            return false;
        position++;
        return true;
    }

    public void Expect(string word)
    {
        if (!Take(word))
            throw Fault($"'{word}' expected, found '{Peek}'");
    }

    public int Integer()
    {
        string word = Next();
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Fault($"A number expected, found '{word}'");
    }

    /// <summary>Numbers with commas between them, as after .maxntid.</summary>
    public List<int> Integers()
    {
        var values = new List<int> { Integer() };
        while (Take(","))
            values.Add(Integer());
        return values;
    }

    /// <summary>The rest of a list up to its closing mark.</summary>
    public List<T> ListUntil<T>(string end, Func<T> read)
    {
        var items = new List<T>();
        while (!Take(end))
        {
            if (items.Count > 0)
                Expect(",");
            items.Add(read());
        }
        return items;
    }

    /// <summary>The text between two places, on one line, for messages.</summary>
    public string TextSince(int start) => string.Join(' ', tokens[start..position].Select(token => token.Text));

    public int Position => position;

    public PtxFault Fault(string message) => new($"{message} (line {Line}: {LineText})");
}

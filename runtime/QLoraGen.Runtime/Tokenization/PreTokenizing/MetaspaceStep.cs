namespace QLoraGen.Tokenization;

/// <summary>Writes spaces as another character, ▁ in all known files, puts one before a text, and begins a word at each.</summary>
internal sealed class MetaspaceStep : IPreTokenizerStep
{
    private readonly char replacement;
    private readonly bool first, always, split;

    private MetaspaceStep(char replacement, string scheme, bool split) =>
        (this.replacement, first, always, this.split) = (replacement, scheme == "first", scheme == "always", split);

    public bool AddsSpace => first || always;

    public static MetaspaceStep Read(JsonField part) =>
        new(Replacement(part), Scheme(part), part["split"].AsBool(missing: true));

    /// <summary>The character that stands for a space.</summary>
    public static char Replacement(JsonField part) => part["replacement"].AsString() is [{ } one] && !char.IsSurrogate(one)
        ? one
        : throw part["replacement"].Error("must be one character up to U+FFFF");

    /// <summary>Where a space is put before a text: first, always or never.</summary>
    public static string Scheme(JsonField part)
    {
        string scheme = part["prepend_scheme"].Exists ? part["prepend_scheme"].AsString()
            : part["add_prefix_space"].AsBool(missing: true) ? "always" : "never";
        return scheme is "first" or "always" or "never"
            ? scheme
            : throw part["prepend_scheme"].Error($"must be first, always or never, found '{scheme}'");
    }

    public void Apply(TextPiece piece, List<TextPiece> words)
    {
        string text = piece.Text.Replace(' ', replacement);
        bool prefix = piece.Start switch
        {
            TextStart.OfText => first || always,
            TextStart.Later => always,
            _ => false,
        };
        if (prefix && text[0] != replacement)
        {
            text = replacement + text;
        }
        List<(int Start, int End)> spaces = [];
        for (int at = split ? text.IndexOf(replacement) : -1; at >= 0; at = text.IndexOf(replacement, at + 1))
        {
            spaces.Add((at, at + 1));
        }
        Cutting.Cut(piece with { Text = text }, spaces, SplitBehavior.MergedWithNext, invert: false, words);
    }
}

using System.Text.RegularExpressions;

namespace QLoraGen.Tokenization;

/// <summary>
/// A token beside the vocabulary, found in a text before it is tokenized. Fields as in `tokenizer.json`'s `added_tokens`:
/// <paramref name="LStrip"/> and <paramref name="RStrip"/> swallow the white space on that side.
/// </summary>
internal sealed record AddedToken(int Id, string Content, bool Special, bool LStrip = false, bool RStrip = false);

/// <summary>The added tokens of a tokenizer, by id, and the search for them in a text: leftmost first, then longest.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> byContent = [];
    private readonly Regex? plain;
    private readonly Regex? all;

    /// <summary>Takes the tokens of a file; of two with one content the first counts in <see cref="Split"/>.</summary>
    public AddedTokens(string file, IEnumerable<AddedToken> tokens)
    {
        Dictionary<int, AddedToken> byId = [];
        foreach (AddedToken token in tokens)
        {
            if (!byId.TryAdd(token.Id, token))
            {
                throw new QLoraException($"{file}: added_tokens: id {token.Id} is given to both '{byId[token.Id].Content}' "
                    + $"and '{token.Content}'; give every token its own.");
            }
            if (token.Content.Length > 0)
            {
                byContent.TryAdd(token.Content, token);
            }
        }
        ById = byId;
        all = AnyOf(byContent.Values);
        plain = AnyOf(byContent.Values.Where(token => !token.Special));
    }

    public IReadOnlyDictionary<int, AddedToken> ById { get; }

    /// <summary>The added token that is written so, or null.</summary>
    public AddedToken? Find(string content) => byContent.GetValueOrDefault(content);

    /// <summary>The text as runs of plain text, each with the added token that ends it; the last has none.</summary>
    public IEnumerable<(string Plain, AddedToken? Token)> Split(string text, bool allowSpecial)
    {
        int from = 0;
        for (Match? match = (allowSpecial ? all : plain)?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            AddedToken token = byContent[match.Value];
            string run = match.Index > from ? text[from..match.Index] : "";
            yield return (token.LStrip ? run.TrimEnd() : run, token);
            from = match.Index + match.Length;
            while (token.RStrip && from < text.Length && char.IsWhiteSpace(text[from]))
            {
                from++;
            }
        }
        yield return (text[from..], null);
    }

    private static Regex? AnyOf(IEnumerable<AddedToken> tokens)
    {
        string[] longestFirst = [.. tokens.Select(token => token.Content).OrderByDescending(content => content.Length)];
        return longestFirst.Length == 0 ? null : new(string.Join('|', longestFirst.Select(Regex.Escape)), RegexOptions.CultureInvariant);
    }
}

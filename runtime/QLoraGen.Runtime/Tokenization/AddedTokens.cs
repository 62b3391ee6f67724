using System.Buffers;
using System.Globalization;
using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// A token beside the vocabulary, found in a text before it is tokenized. Fields as in `tokenizer.json`'s `added_tokens`.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">How it is written.</param>
/// <param name="Special">Whether it is left out of decoded text, and found only where special tokens are allowed.</param>
/// <param name="LStrip">Whether it swallows the white space before it.</param>
/// <param name="RStrip">Whether it swallows the white space after it.</param>
/// <param name="SingleWord">Whether it is found only where no letter, digit or underscore touches it.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text, itself normalized.</param>
internal sealed record AddedToken(
    int Id, string Content, bool Special, bool LStrip = false, bool RStrip = false, bool SingleWord = false, bool Normalized = false);

/// <summary>A run of plain text and the added token that ends it, with where they stand.</summary>
/// <param name="Plain">The text, without the white space that the token swallows.</param>
/// <param name="Token">The token, or null at the end.</param>
/// <param name="Start">Where the text begins.</param>
/// <param name="TokenAt">Where the token itself begins.</param>
/// <param name="End">Where the next run begins.</param>
internal readonly record struct AddedRun(string Plain, AddedToken? Token, int Start, int TokenAt, int End)
{
    public void Deconstruct(out string plain, out AddedToken? token) => (plain, token) = (Plain, Token);
}

/// <summary>The added tokens of a tokenizer, by id, and the search for them in a text: leftmost first, then longest.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> byContent = [];
    private readonly Finder raw, normalized, plainRaw, plainNormalized;

    /// <summary>Takes the tokens of a file; of two with one content the first counts in the search.</summary>
    /// <param name="file">Where they stand.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="normalize">What is done to the text in which tokens with <see cref="AddedToken.Normalized"/> are looked for.</param>
    public AddedTokens(string file, IEnumerable<AddedToken> tokens, Func<string, string> normalize)
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
            LastId = Math.Max(LastId, token.Id);
        }
        ById = byId;
        AddedToken[] found = [.. byContent.Values];
        AddedToken[] plain = [.. found.Where(static token => !token.Special)];
        (raw, plainRaw) = (new(found, normalize: null), new(plain, normalize: null));
        (normalized, plainNormalized) = (new(found, normalize), new(plain, normalize));
    }

    public IReadOnlyDictionary<int, AddedToken> ById { get; }

    /// <summary>The largest id, or -1.</summary>
    public int LastId { get; } = -1;

    /// <summary>The added token that is written so, or null.</summary>
    public AddedToken? Find(string content) => byContent.GetValueOrDefault(content);

    /// <summary>
    /// A text before normalization as runs of plain text, each with the added token that ends it; the last has none. Tokens that are
    /// looked for in the normalized text are still in the runs.
    /// </summary>
    public IEnumerable<AddedRun> Split(string text, bool allowSpecial) => (allowSpecial ? raw : plainRaw).Split(text);

    /// <summary>A normalized text in the same way.</summary>
    public IEnumerable<AddedRun> SplitNormalized(string text, bool allowSpecial) =>
        (allowSpecial ? normalized : plainNormalized).Split(text);

    /// <summary>The search for some of the tokens.</summary>
    private sealed class Finder
    {
        private readonly PieceTrie trie = new();
        private readonly SearchValues<char> firsts;
        private readonly List<AddedToken> tokens = [];

        public Finder(IEnumerable<AddedToken> all, Func<string, string>? normalize)
        {
            HashSet<char> begin = [];
            foreach (AddedToken token in all.Where(token => token.Normalized == normalize is not null))
            {
                string content = normalize?.Invoke(token.Content) ?? token.Content;
                if (content.Length > 0)
                {
                    trie.Add(content, tokens.Count);
                    tokens.Add(token);
                    begin.Add(content[0]);
                }
            }
            firsts = SearchValues.Create([.. begin]);
        }

        public IEnumerable<AddedRun> Split(string text)
        {
            int from = 0;
            for (int at = Next(text, 0); at >= 0;)
            {
                (AddedToken? token, int end) = Match(text, at);
                if (token is null)
                {
                    at = Next(text, at + 1);
                    continue;
                }
                int start = at;
                while (token.LStrip && start > from && char.IsWhiteSpace(text[start - 1]))
                {
                    start--;
                }
                int next = Next(text, end);
                while (token.RStrip && end < text.Length && char.IsWhiteSpace(text[end]))
                {
                    end++;
                }
                end = Math.Max(from, end);
                yield return new(start > from ? text[from..start] : "", token, from, at, end);
                (at, from) = (next, end);
            }
            yield return new(text[from..], null, from, text.Length, text.Length);
        }

        private int Next(string text, int from)
        {
            int next = tokens.Count == 0 || from >= text.Length ? -1 : text.AsSpan(from).IndexOfAny(firsts);
            return next < 0 ? -1 : from + next;
        }

        private (AddedToken? Token, int End) Match(string text, int at)
        {
            (int node, AddedToken? found, int end) = (0, null, at);
            for (int i = at; i < text.Length && trie.TryStep(ref node, text[i]); i++)
            {
                if (trie.IdAt(node) is >= 0 and var index)
                {
                    (found, end) = (tokens[index], i + 1);
                }
            }
            bool touches = found is { SingleWord: true }
                && ((at > 0 && EndsWord(text.AsSpan(0, at))) || (end < text.Length && BeginsWord(text.AsSpan(end))));
            return touches ? (null, end) : (found, end);
        }

        private static bool EndsWord(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out Rune last, out _) == OperationStatus.Done && IsOfWord(last);

        private static bool BeginsWord(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out Rune first, out _) == OperationStatus.Done && IsOfWord(first);

        private static bool IsOfWord(Rune rune) => Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
    }
}

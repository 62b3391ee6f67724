using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// Text to token ids and back, as the checkpoint's own tokenizer does it. <see cref="Load"/> reads Hugging Face's files from a
/// checkpoint folder. Instances are immutable and safe to share between threads.
/// </summary>
public abstract class Tokenizer
{
    private readonly AddedTokens added;

    private protected Tokenizer(AddedTokens added, SpecialIds special)
    {
        this.added = added;
        (BosId, EosId, AddBos, AddEos) = special;
    }

    /// <summary>One more than the largest id that <see cref="Encode"/> can give. A model's embedding may be padded beyond it.</summary>
    public abstract int VocabSize { get; }

    /// <summary>The id that begins a text, or null where the checkpoint names none.</summary>
    public int? BosId { get; }

    /// <summary>The id that ends a text, or null where the checkpoint names none.</summary>
    public int? EosId { get; }

    /// <summary>Whether the model expects <see cref="BosId"/> before every text; <see cref="Encode"/> itself never adds it.</summary>
    public bool AddBos { get; }

    /// <summary>Whether the model expects <see cref="EosId"/> after every text; <see cref="Encode"/> itself never adds it.</summary>
    public bool AddEos { get; }

    /// <summary>
    /// The ids of a text that stands at the start, without BOS and EOS. Unpaired surrogates count as U+FFFD.
    /// </summary>
    /// <param name="text">Any text; special tokens written in it are plain characters unless <paramref name="allowSpecial"/>.</param>
    /// <param name="allowSpecial">Whether special tokens written in the text become their ids. Keep it off for text from outside.</param>
    public int[] Encode(string text, bool allowSpecial = false) => EncodeParts(text, atStart: true, allowSpecial);

    /// <summary>
    /// The ids of a text that continues an earlier one: like <see cref="Encode"/>, but without the space that SentencePiece (and
    /// `add_prefix_space`) puts before the first word.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="allowSpecial">Whether special tokens written in the text become their ids.</param>
    public int[] EncodeContinuation(string text, bool allowSpecial = false) => EncodeParts(text, atStart: false, allowSpecial);

    /// <summary>
    /// The text of some ids that begin a text. Special tokens are left out; bytes that are not UTF-8 and ids without a token
    /// become U+FFFD. To decode ids as they come, use <see cref="Stream"/>.
    /// </summary>
    /// <param name="ids">Ids, each at least 0.</param>
    public string Decode(ReadOnlySpan<int> ids)
    {
        TokenStream stream = Stream();
        StringBuilder text = new();
        foreach (int id in ids)
        {
            text.Append(stream.Add(id));
        }
        return text.Append(stream.End()).ToString();
    }

    /// <summary>A decoder for ids that come one at a time, which holds back characters until all of their bytes have come.</summary>
    /// <param name="continues">Whether the ids continue an earlier text, so that a first space is part of the text.</param>
    public TokenStream Stream(bool continues = false) => new(this, continues);

    /// <summary>
    /// Reads the tokenizer of a checkpoint folder: `tokenizer.json`, else `tokenizer.model`, else `vocab.json` with `merges.txt`;
    /// special ids come from `tokenizer_config.json`, else `config.json`.
    /// </summary>
    /// <param name="folder">The folder of the checkpoint.</param>
    /// <exception cref="QLoraException">A file is missing, damaged or asks for something that is not supported.</exception>
    public static Tokenizer Load(string folder) => TokenizerFolder.Load(folder);

    /// <summary>How many spaces <see cref="Decode"/> takes from the start of a text at most, as <see cref="Encode"/> put them there.</summary>
    private protected abstract int StripsAtStart { get; }

    /// <summary>What stands between two decoded tokens.</summary>
    private protected virtual string Between => "";

    /// <summary>A text between added tokens as the search for normalized added tokens and <see cref="EncodePlain"/> take it.</summary>
    private protected virtual string Normalize(string text, TextStart start) => text;

    /// <summary>Appends the ids of a text without added tokens. The text is never empty and has no unpaired surrogates.</summary>
    /// <param name="text">The normalized text.</param>
    /// <param name="start">Where the text stands.</param>
    /// <param name="ids">Where the ids go.</param>
    private protected abstract void EncodePlain(string text, TextStart start, List<int> ids);

    /// <summary>Appends the UTF-8 bytes of one id that is not an added token; false for an id without a token.</summary>
    /// <param name="id">The id.</param>
    /// <param name="first">Whether it begins the text.</param>
    /// <param name="utf8">Where the bytes go.</param>
    private protected abstract bool AppendPlain(int id, bool first, List<byte> utf8);

    /// <summary>What <see cref="TokenStream"/> takes from the start of a text.</summary>
    internal int SpacesToStrip => StripsAtStart;

    /// <summary>Appends the UTF-8 bytes of one id; false, and none, for a special token.</summary>
    internal bool Append(int id, bool first, List<byte> utf8)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        AddedToken? token = added.ById.GetValueOrDefault(id);
        if (token is { Special: true })
        {
            return false;
        }
        if (!first)
        {
            utf8.AddRange(Encoding.UTF8.GetBytes(Between));
        }
        if (token is not null)
        {
            utf8.AddRange(Encoding.UTF8.GetBytes(token.Content));
        }
        else if (!AppendPlain(id, first, utf8))
        {
            utf8.AddRange("\uFFFD"u8);
        }
        return true;
    }

    /// <summary>
    /// The ids of a text at the start, special tokens allowed, and where some places of the text lie among them.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="places">Indices of characters.</param>
    /// <returns>
    /// The ids, and for each place how many ids end at or before it and how many begin before it: the same number unless an id lies
    /// across the place.
    /// </returns>
    internal (int[] Ids, (int Ended, int Begun)[] Places) EncodeWithPlaces(string text, IReadOnlyList<int> places)
    {
        List<int> ids = [];
        (int Ended, int Begun)[] found = new (int, int)[places.Count];
        TextStart start = TextStart.OfText;
        foreach (AddedRun run in added.Split(WellFormed(text), allowSpecial: true))
        {
            int before = ids.Count;
            AppendRun(run.Plain, start, ids);
            int after = ids.Count;
            for (int i = 0; i < places.Count; i++)
            {
                int at = places[i];
                if (at < run.Start || (at >= run.End && run.Token is not null))
                {
                    continue;
                }
                int tokenEnd = run.TokenAt + (run.Token?.Content.Length ?? 0);
                found[i] = at == run.Start ? (before, before)
                    : at < run.Start + run.Plain.Length ? Within(run.Plain, start, at - run.Start, before, ids)
                    : at <= run.TokenAt ? (after, after)
                    : at >= tokenEnd ? (after + 1, after + 1)
                    : (after, after + 1);
            }
            if (run.Token is not null)
            {
                ids.Add(run.Token.Id);
            }
            start = TextStart.Later;
        }
        return ([.. ids], found);
    }

    /// <summary>The first special token that is written in a text and where it ends, or null.</summary>
    internal (int Id, int End)? FirstSpecial(string text)
    {
        foreach (AddedRun run in added.Split(text, allowSpecial: true))
        {
            if (run.Token is { Special: true } token)
            {
                return (token.Id, run.TokenAt + token.Content.Length);
            }
        }
        return null;
    }

    // What stands before a place gives the first ids, what stands after it the last ones; an id across it is in neither.
    private (int Ended, int Begun) Within(string text, TextStart start, int at, int first, List<int> ids)
    {
        List<int> left = [], right = [];
        AppendRun(text[..at], start, left);
        int same = 0;
        while (same < left.Count && first + same < ids.Count && left[same] == ids[first + same])
        {
            same++;
        }
        if (same == left.Count)
        {
            return (first + same, first + same);
        }
        AppendRun(text[at..], TextStart.Continued, right);
        int last = 0;
        while (last < right.Count && last < ids.Count - first - same && right[^(last + 1)] == ids[^(last + 1)])
        {
            last++;
        }
        return (first + same, ids.Count - last);
    }

    private int[] EncodeParts(string text, bool atStart, bool allowSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        TextStart start = atStart ? TextStart.OfText : TextStart.Continued;
        foreach ((string plain, AddedToken? token) in added.Split(WellFormed(text), allowSpecial))
        {
            AppendRun(plain, start, ids, allowSpecial);
            if (token is not null)
            {
                ids.Add(token.Id);
            }
            start = TextStart.Later;
        }
        return [.. ids];
    }

    private void AppendRun(string plain, TextStart start, List<int> ids, bool allowSpecial = true)
    {
        if (plain.Length > 0)
        {
            EncodeNormalized(Normalize(plain, start), start, allowSpecial, ids);
        }
    }

    private void EncodeNormalized(string text, TextStart start, bool allowSpecial, List<int> ids)
    {
        foreach ((string plain, AddedToken? token) in added.SplitNormalized(text, allowSpecial))
        {
            if (plain.Length > 0)
            {
                EncodePlain(plain, start, ids);
            }
            if (token is not null)
            {
                ids.Add(token.Id);
            }
            start = TextStart.Later;
        }
    }

    private static string WellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            }
        }
        return text;
    }
}

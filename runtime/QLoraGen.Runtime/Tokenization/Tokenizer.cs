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

    private int[] EncodeParts(string text, bool atStart, bool allowSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        TextStart start = atStart ? TextStart.OfText : TextStart.Continued;
        foreach ((string plain, AddedToken? token) in added.Split(WellFormed(text), allowSpecial))
        {
            if (plain.Length > 0)
            {
                EncodeNormalized(Normalize(plain, start), start, allowSpecial, ids);
            }
            if (token is not null)
            {
                ids.Add(token.Id);
            }
            start = TextStart.Later;
        }
        return [.. ids];
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

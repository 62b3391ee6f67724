using System.Runtime.InteropServices;
using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>What a BPE model does besides merging; names as in `tokenizer.json`.</summary>
/// <param name="UnkToken">The token of a character that the vocabulary lacks, or null.</param>
/// <param name="FuseUnk">Whether neighbours of that kind give one token.</param>
/// <param name="ByteFallback">Whether such a character is written as its UTF-8 bytes, `&lt;0x41&gt;`, where the vocabulary has them.</param>
/// <param name="IgnoreMerges">Whether a word that is a token itself is taken whole, whatever the merges say.</param>
internal sealed record BpeOptions(string? UnkToken = null, bool FuseUnk = false, bool ByteFallback = false, bool IgnoreMerges = false);

/// <summary>Byte-pair encoding over characters, as Hugging Face's tokenizers have it.</summary>
internal sealed class BpeModel : TokenModel
{
    private readonly TokenVocab vocab;
    private readonly BpeMerger merger;
    private readonly BpeOptions options;
    private readonly int? unk;
    private readonly int[] idOfByte = new int[256];   // -1 where a byte has no token to fall back to
    private readonly WordCache cache = new();

    public BpeModel(TokenVocab vocab, BpeMerger merger, BpeOptions options)
    {
        (this.vocab, this.merger, this.options) = (vocab, merger, options);
        unk = options.UnkToken is { } token
            ? vocab.Find(token) ?? throw new QLoraException($"{vocab.File}: model.unk_token: '{token}' is not in the vocabulary; add it there.")
            : null;
        for (int value = 0; value < 256; value++)
        {
            idOfByte[value] = (options.ByteFallback ? vocab.Find($"<0x{value:X2}>") : null) ?? -1;
        }
    }

    public override int LastId => vocab.LastId;

    public override int? Find(string token) => vocab.Find(token);

    public override string? Text(int id) => vocab.Text(id);

    /// <summary>Refuses a vocabulary that leaves some texts without ids: Hugging Face's tokenizers drop such characters in silence.</summary>
    /// <param name="writesBytes">Whether words come as the characters of <see cref="ByteAlphabet"/> alone.</param>
    public void RequireEveryText(bool writesBytes)
    {
        if (unk is not null)
        {
            return;
        }
        if (!options.ByteFallback && !writesBytes)
        {
            throw new QLoraException($"{vocab.File}: pre_tokenizer: without ByteLevel, byte_fallback and unk_token not every text can be "
                + "encoded; this kind is not supported.");
        }
        IEnumerable<string> needed = writesBytes
            ? ByteAlphabet.Chars.ToArray().Select(static c => c.ToString())
            : Enumerable.Range(0, 256).Select(static value => $"<0x{value:X2}>");
        if (needed.FirstOrDefault(token => vocab.Find(token) is null) is { } missing)
        {
            throw new QLoraException($"{vocab.File}: vocab: '{missing}' is missing, without which not every text can be encoded; "
                + "this kind is not supported.");
        }
    }

    public override void Encode(string word, List<int> ids)
    {
        if (options.IgnoreMerges)
        {
            if (vocab.Find(word) is { } whole)
            {
                ids.Add(whole);
                return;
            }
        }
        else if (!merger.CrossesSpaces && word.Contains(TextSpace.Char))
        {
            EncodeAtSpaces(word, ids);
            return;
        }
        EncodeWord(word, ids);
    }

    /// <summary>Parts that no merge joins give the same ids one by one, and are met again sooner than the whole.</summary>
    private void EncodeAtSpaces(ReadOnlySpan<char> word, List<int> ids)
    {
        int from = 0;
        for (int i = 1; i < word.Length; i++)
        {
            if (word[i] == TextSpace.Char && word[i - 1] != TextSpace.Char && !FusesUnkAt(word, i))
            {
                EncodeWord(word[from..i], ids);
                from = i;
            }
        }
        EncodeWord(word[from..], ids);
    }

    // Unknown characters on both sides would be one token.
    private bool FusesUnkAt(ReadOnlySpan<char> word, int space) =>
        options.FuseUnk && unk is not null && !vocab.Spans.ContainsKey(word.Slice(space, 1));

    private void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (cache.TryAppend(word, ids))
        {
            return;
        }
        int first = ids.Count;
        List<int> symbols = new(word.Length);
        AddSymbols(word, symbols);
        merger.Merge(CollectionsMarshal.AsSpan(symbols), ids);
        cache.Keep(word, CollectionsMarshal.AsSpan(ids)[first..]);
    }

    private void AddSymbols(ReadOnlySpan<char> word, List<int> symbols)
    {
        bool pending = false;
        for (int i = 0, length; i < word.Length; i += length)
        {
            length = char.IsHighSurrogate(word[i]) && i + 1 < word.Length ? 2 : 1;
            ReadOnlySpan<char> character = word.Slice(i, length);
            if (vocab.Spans.TryGetValue(character, out int id))
            {
                Flush();
                symbols.Add(id);
            }
            else if (!(options.ByteFallback && AddBytes(character, symbols)))
            {
                if (!options.FuseUnk)
                {
                    Flush();
                }
                pending = true;
            }
        }
        Flush();

        void Flush()
        {
            if (pending && unk is { } known)
            {
                symbols.Add(known);
            }
            pending = false;
        }
    }

    private bool AddBytes(ReadOnlySpan<char> character, List<int> symbols)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..Encoding.UTF8.GetBytes(character, utf8)];
        foreach (byte value in utf8)
        {
            if (idOfByte[value] < 0)
            {
                return false;
            }
        }
        foreach (byte value in utf8)
        {
            symbols.Add(idOfByte[value]);
        }
        return true;
    }
}

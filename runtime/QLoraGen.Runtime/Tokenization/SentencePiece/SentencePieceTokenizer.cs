using System.Runtime.InteropServices;
using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// A SentencePiece model (Kudo and Richardson, 2018), BPE or unigram, as Llama 2, Mistral and Gemma have it in `tokenizer.model`.
/// </summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    private readonly SentencePieceModel model;
    private readonly SentencePieceText normalizer;
    private readonly Func<string, List<(int Start, int End, int Id)>> search;
    private readonly bool cutsAtSpaces;
    private readonly WordCache cache = new();

    private SentencePieceTokenizer(SentencePieceModel model, bool legacy, AddedTokens added, SpecialIds special)
        : base(added, special)
    {
        this.model = model;
        VocabSize = Math.Max(model.Pieces.Count, added.LastId + 1);
        PieceTrie userDefined = Trie(PieceType.UserDefined);
        normalizer = new(model, userDefined, legacy);
        if (model.IsUnigram)
        {
            search = Unigram().Best;
        }
        else
        {
            SentencePieceBpe bpe = new(model, userDefined);
            (search, cutsAtSpaces) = (bpe.Merge, !bpe.CrossesSpaces);
        }
    }

    public override int VocabSize { get; }

    private protected override int StripsAtStart => model.AddDummyPrefix ? 1 : 0;

    /// <summary>Reads `tokenizer.model`; the special ids and added tokens of `tokenizer_config.json` win over the model's own.</summary>
    public static SentencePieceTokenizer Read(string file, TokenizerConfig config)
    {
        SentencePieceModel model = SentencePieceModel.Read(file);
        Dictionary<string, int> ids = [];
        List<AddedToken> own = [];
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            (string text, _, PieceType type) = model.Pieces[id];
            ids.TryAdd(text, id);
            if (type is PieceType.Control or PieceType.Unknown)
            {
                own.Add(new(id, text, Special: true));
            }
        }
        AddedTokens added = config.Added(
            file, own, text => ids.TryGetValue(text, out int id) ? id : null, static text => text);
        SpecialIds special = config.Special(
            added.Find, new(model.Ids.Bos, model.Ids.Eos, AddBos: model.Ids.Bos is not null, AddEos: false));
        return new(model, config.Legacy, added, special);
    }

    private protected override string Normalize(string text, TextStart start) => text;

    private protected override void EncodePlain(string text, TextStart start, List<int> ids)
    {
        string normalized = normalizer.Normalize(text, start);
        int from = 0;
        for (int i = 1; cutsAtSpaces && i < normalized.Length; i++)
        {
            if (normalized[i] == TextSpace.Char && normalized[i - 1] != TextSpace.Char)
            {
                EncodeWord(normalized[from..i], ids);
                from = i;
            }
        }
        EncodeWord(normalized[from..], ids);
    }

    private protected override bool AppendPlain(int id, bool first, List<byte> utf8)
    {
        if (id >= model.Pieces.Count)
        {
            return false;
        }
        (string text, _, PieceType type) = model.Pieces[id];
        if (type == PieceType.Byte)
        {
            utf8.Add(SentencePieceModel.ByteOf(text));
        }
        else
        {
            utf8.AddRange(Encoding.UTF8.GetBytes(text.Replace(TextSpace.Char, ' ')));
        }
        return true;
    }

    private void EncodeWord(string word, List<int> ids)
    {
        if (word.Length == 0 || cache.TryAppend(word, ids))
        {
            return;
        }
        int first = ids.Count;
        bool afterUnknown = false;
        foreach ((int start, int end, int id) in search(word))
        {
            if (id >= 0)
            {
                ids.Add(id);
            }
            else if (model.ByteIds is { } bytes)
            {
                ids.AddRange(Encoding.UTF8.GetBytes(word[start..end]).Select(value => bytes[value]));
            }
            else if (!afterUnknown)
            {
                ids.Add(model.Unk!.Value); // Neighbours that are unknown are one.
            }
            afterUnknown = id < 0;
        }
        cache.Keep(word, CollectionsMarshal.AsSpan(ids)[first..]);
    }

    private UnigramSearch Unigram()
    {
        float least = float.MaxValue, most = 1.17549435e-38f; // C's FLT_MIN, where SentencePiece begins
        foreach ((_, float score, PieceType type) in model.Pieces)
        {
            if (type == PieceType.Normal)
            {
                (least, most) = (Math.Min(least, score), Math.Max(most, score));
            }
        }
        // A user-defined piece is all but certain wherever it stands.
        return new(Trie(PieceType.Normal, PieceType.UserDefined), Score, (float)(least - UnigramSearch.UnkPenalty), singlePrecision: true);

        double Score(int id, int bytes) =>
            model.Pieces[id] is { Type: PieceType.UserDefined } ? (bytes * most) - 0.1 : model.Pieces[id].Score;
    }

    private PieceTrie Trie(params PieceType[] types)
    {
        PieceTrie trie = new();
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            if (Array.IndexOf(types, model.Pieces[id].Type) >= 0)
            {
                trie.Add(model.Pieces[id].Text, id);
            }
        }
        return trie;
    }
}

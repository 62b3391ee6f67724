using System.Text;
using Microsoft.ML.Tokenizers;

namespace QLoraGen.Tokenization;

/// <summary>
/// SentencePiece BPE with byte fallback, as Llama 2 and Mistral have it in `tokenizer.model`. Microsoft.ML.Tokenizers does the
/// merging. Normalizing is done here: that library cannot leave out the dummy prefix for a text that continues another, and
/// where `remove_extra_whitespaces` is set it drops control characters and keeps a text of spaces.
/// </summary>
internal sealed class SentencePieceBpe : Tokenizer
{
    private const char Space = '\u2581'; // how a piece writes a space
    private readonly SentencePieceModel model;
    private readonly LlamaTokenizer merger;
    private readonly bool prefixAfterAddedTokens;

    private SentencePieceBpe(SentencePieceModel model, LlamaTokenizer merger, bool legacy, AddedTokens added, SpecialIds special)
        : base(added, special)
    {
        (this.model, this.merger, prefixAfterAddedTokens) = (model, merger, legacy);
        VocabSize = Math.Max(model.Pieces.Count, added.ById.Keys.DefaultIfEmpty(-1).Max() + 1);
    }

    public override int VocabSize { get; }

    private protected override bool AddsSpace => model.AddDummyPrefix;

    /// <summary>Reads `tokenizer.model`; the special ids and added tokens of `tokenizer_config.json` win over the model's own.</summary>
    public static SentencePieceBpe Read(string file, TokenizerConfig config)
    {
        byte[] bytes = File.ReadAllBytes(file);
        SentencePieceModel model = SentencePieceModel.Read(file, bytes);
        LlamaTokenizer merger;
        try
        {
            merger = LlamaTokenizer.Create(new MemoryStream(bytes), addBeginOfSentence: false, addEndOfSentence: false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new QLoraException($"{file}: not a SentencePiece BPE model: {error.Message} Download the file again.", error);
        }
        Dictionary<int, AddedToken> added = [];
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            if (model.Pieces[id] is { Type: PieceType.Control or PieceType.Unknown, Text: var text })
            {
                added[id] = new(id, text, Special: true);
            }
        }
        foreach (AddedToken token in config.AddedTokens)
        {
            added[token.Id] = token;
        }
        AddedTokens tokens = new(file, added.Values);
        SpecialIds special = config.Special(tokens.Find, model.Ids.Bos, model.Ids.Eos, addBos: model.Ids.Bos is not null);
        return new(model, merger, config.Legacy, tokens, special);
    }

    private protected override void EncodePlain(string text, TextStart start, List<int> ids)
    {
        string normalized = Normalize(text, start);
        if (normalized.Length > 0)
        {
            ids.AddRange(merger.EncodeToIds(normalized, addBeginningOfSentence: false, addEndOfSentence: false,
                considerPreTokenization: true, considerNormalization: false));
        }
    }

    private protected override bool AppendPlain(int id, List<byte> utf8)
    {
        if (id >= model.Pieces.Count)
        {
            return false;
        }
        (string text, PieceType type) = model.Pieces[id];
        if (type == PieceType.Byte)
        {
            utf8.Add(ByteOf(text));
        }
        else
        {
            utf8.AddRange(Encoding.UTF8.GetBytes(text.Replace(Space, ' ')));
        }
        return true;
    }

    /// <summary>The value of a byte piece, which is written `&lt;0x41&gt;`.</summary>
    internal static byte ByteOf(string piece) => Convert.ToByte(piece.Substring(3, 2), 16);

    private string Normalize(string text, TextStart start)
    {
        if (model.RemoveExtraWhitespaces)
        {
            string single = string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            // The first space of a text that continues another separates words and is no extra one.
            bool keepsFirst = start == TextStart.Continued && single.Length > 0 && text[0] == ' ';
            text = keepsFirst ? " " + single : single;
        }
        bool prefix = model.AddDummyPrefix && text.Length > 0
            && (start == TextStart.OfText || (start == TextStart.AfterAddedToken && prefixAfterAddedTokens));
        return (prefix ? " " + text : text).Replace(' ', Space);
    }
}

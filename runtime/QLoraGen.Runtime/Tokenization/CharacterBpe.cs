using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// SentencePiece-style BPE as a `tokenizer.json`, as Llama 2, Mistral, Phi-3 and Gemma have it: characters are merged, and one that
/// is no token is written as its UTF-8 bytes (`&lt;0x41&gt;`).
/// </summary>
internal sealed class CharacterBpe : Tokenizer
{
    private const char Space = '\u2581';
    private readonly BpeVocab vocab;
    private readonly CharacterBpeOptions options;
    private readonly int[] idOfByte = new int[256];
    private readonly Dictionary<int, byte> byteOfId = [];

    public CharacterBpe(BpeVocab vocab, CharacterBpeOptions options, AddedTokens added, SpecialIds special)
        : base(added, special)
    {
        (this.vocab, this.options) = (vocab, options);
        VocabSize = vocab.SizeWith(added);
        for (int value = 0; value < 256; value++)
        {
            idOfByte[value] = vocab.Require($"<0x{value:X2}>");
            byteOfId[idOfByte[value]] = (byte)value;
        }
    }

    public override int VocabSize { get; }

    private protected override bool AddsSpace => options.Prefix;

    private protected override void EncodePlain(string text, TextStart start, List<int> ids)
    {
        bool prefix = start switch
        {
            TextStart.OfText => options.Prefix,
            TextStart.AfterAddedToken => options.PrefixAfterAddedTokens,
            _ => false,
        };
        if (prefix && !(options.PrefixOnlyIfMissing && text[0] is ' ' or Space))
        {
            text = Space + text;
        }
        List<int> symbols = [];
        foreach (Rune rune in text.Replace(' ', Space).EnumerateRunes())
        {
            if (options.SplitWords && rune.Value == Space)
            {
                Merge();
            }
            string character = rune.ToString();
            if (vocab.Find(character) is { } id)
            {
                symbols.Add(id);
                continue;
            }
            foreach (byte value in Encoding.UTF8.GetBytes(character))
            {
                symbols.Add(idOfByte[value]);
            }
        }
        Merge();

        void Merge()
        {
            vocab.Merger.Merge(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(symbols), ids);
            symbols.Clear();
        }
    }

    private protected override bool AppendPlain(int id, List<byte> utf8)
    {
        if (byteOfId.TryGetValue(id, out byte value))
        {
            utf8.Add(value);
            return true;
        }
        if (vocab.Text(id) is not { } token)
        {
            return false;
        }
        utf8.AddRange(Encoding.UTF8.GetBytes(token.Replace(Space, ' ')));
        return true;
    }
}

namespace QLoraGen.Tokenization;

/// <summary>How a byte-level tokenizer treats a text before merging.</summary>
/// <param name="Words">Cuts the text into words.</param>
/// <param name="AddPrefixSpace">Whether a text that does not begin with a space gets one.</param>
/// <param name="Nfc">Whether the text is composed (Unicode normalization form C) first.</param>
/// <param name="IgnoreMerges">Whether a word that is a token itself is taken whole, whatever the merges say.</param>
internal sealed record ByteLevelOptions(PreTokenizer Words, bool AddPrefixSpace, bool Nfc, bool IgnoreMerges);

/// <summary>Byte-level BPE, as GPT-2, Qwen and Llama 3 have it: words as bytes, bytes as characters, characters merged.</summary>
internal sealed class ByteLevelBpe : Tokenizer
{
    private readonly BpeVocab vocab;
    private readonly ByteLevelOptions options;
    private readonly int[] idOfByteChar = new int[512];

    public ByteLevelBpe(BpeVocab vocab, ByteLevelOptions options, AddedTokens added, SpecialIds special)
        : base(added, special)
    {
        (this.vocab, this.options) = (vocab, options);
        VocabSize = vocab.SizeWith(added);
        foreach (char c in ByteAlphabet.Chars)
        {
            idOfByteChar[c] = vocab.Require(c.ToString());
        }
    }

    public override int VocabSize { get; }

    private protected override bool AddsSpace => options.AddPrefixSpace;

    private protected override void EncodePlain(string text, TextStart start, List<int> ids)
    {
        text = options.Nfc ? UnicodeNfc.Compose(text) : text;
        if (options.AddPrefixSpace && start != TextStart.Continued && text[0] != ' ')
        {
            text = " " + text;
        }
        foreach (string word in options.Words.Split(text))
        {
            string bytes = ByteAlphabet.Write(word);
            if (options.IgnoreMerges && vocab.Find(bytes) is { } whole)
            {
                ids.Add(whole);
                continue;
            }
            int[] symbols = new int[bytes.Length];
            for (int i = 0; i < bytes.Length; i++)
            {
                symbols[i] = idOfByteChar[bytes[i]];
            }
            vocab.Merger.Merge(symbols, ids);
        }
    }

    private protected override bool AppendPlain(int id, List<byte> utf8)
    {
        if (vocab.Text(id) is not { } token)
        {
            return false;
        }
        ByteAlphabet.Read(token, utf8);
        return true;
    }
}

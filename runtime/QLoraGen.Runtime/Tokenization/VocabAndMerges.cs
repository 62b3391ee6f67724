namespace QLoraGen.Tokenization;

/// <summary>
/// Reads byte-level BPE from `vocab.json` and `merges.txt`. These files do not say how a text is cut into words, so the class that
/// `tokenizer_config.json` names decides.
/// </summary>
internal static class VocabAndMerges
{
    public static Tokenizer Read(string vocabFile, string mergesFile, TokenizerConfig config)
    {
        (string pattern, bool nfc) = config.TokenizerClass switch
        {
            "GPT2Tokenizer" or "GPT2TokenizerFast" => (PreTokenizer.Gpt2, false),
            "Qwen2Tokenizer" or "Qwen2TokenizerFast" => (PreTokenizer.Qwen2, true),
            var other => throw new QLoraException(Path.Combine(Path.GetDirectoryName(vocabFile)!, "tokenizer_config.json")
                + $": tokenizer_class: with vocab.json and merges.txt only GPT2Tokenizer and Qwen2Tokenizer are supported, found {other ?? "none"}; "
                + "name it, or add the checkpoint's tokenizer.json."),
        };
        ByteLevelOptions options = new(new(pattern), config.AddPrefixSpace, nfc, IgnoreMerges: false);
        JsonField root = JsonField.Read(vocabFile);
        BpeVocab vocab = BpeVocab.Read(root, mergesFile, Merges(mergesFile));
        List<AddedToken> added = [.. config.AddedTokens];
        // Names that the config gives to tokens of the vocabulary itself, like GPT-2's <|endoftext|>.
        foreach (string name in config.NamedTokens)
        {
            if (vocab.Find(name) is { } id && added.TrueForAll(token => token.Id != id))
            {
                added.Add(new(id, name, Special: true));
            }
        }
        AddedTokens tokens = new(vocabFile, added);
        return new ByteLevelBpe(vocab, options, tokens, config.Special(tokens.Find, bos: null, eos: null, addBos: false));
    }

    private static IEnumerable<(string Left, string Right)> Merges(string file)
    {
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
            {
                continue;
            }
            yield return line.Split(' ') is [{ Length: > 0 } left, { Length: > 0 } right]
                ? (left, right)
                : throw new QLoraException($"{file}: line {number}: must be two tokens with a space between; download the file again.");
        }
    }
}

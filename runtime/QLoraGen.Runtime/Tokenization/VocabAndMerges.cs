using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// Reads byte-level BPE from `vocab.json` and `merges.txt`. These files do not say how a text is cut into words, so the class that
/// `tokenizer_config.json` names decides.
/// </summary>
internal static class VocabAndMerges
{
    public static Tokenizer Read(string vocabFile, string mergesFile, TokenizerConfig config)
    {
        (string pattern, Normalizer normalizer) = config.TokenizerClass switch
        {
            "GPT2Tokenizer" or "GPT2TokenizerFast" => (PreTokenizer.Gpt2, Normalizer.None),
            "Qwen2Tokenizer" or "Qwen2TokenizerFast" => (PreTokenizer.Qwen2, Normalizer.Unicode(NormalizationForm.FormC)),
            var other => throw new QLoraException(Path.Combine(Path.GetDirectoryName(vocabFile)!, "tokenizer_config.json")
                + $": tokenizer_class: with vocab.json and merges.txt only GPT2Tokenizer and Qwen2Tokenizer are supported, found {other ?? "none"}; "
                + "name it, or add the checkpoint's tokenizer.json."),
        };
        PreTokenizer words = PreTokenizer.ByteLevel(pattern, config.AddPrefixSpace);
        TokenVocab vocab = TokenVocab.Read(JsonField.Read(vocabFile));
        BpeMerger merger = new(vocab, Merges(mergesFile), (rank, token) => new QLoraException($"{mergesFile}: merges[{rank}]: '{token}' is "
            + "not in the vocabulary; the two do not belong together: download both again."));
        BpeModel model = new(vocab, merger, new());
        model.RequireEveryText(writesBytes: true);
        AddedTokens added = config.Added(vocabFile, [], model.Find, text => normalizer.Apply(text, TextStart.Later));
        return new PipelineTokenizer(
            normalizer, words, model, TokenDecoder.ByteLevel, added, config.Special(added.Find, default));
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

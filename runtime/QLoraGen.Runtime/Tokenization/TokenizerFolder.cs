namespace QLoraGen.Tokenization;

/// <summary>Chooses the tokenizer's file in a checkpoint folder.</summary>
internal static class TokenizerFolder
{
    public static Tokenizer Load(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (InvalidOperationException error)
        {
            // System.Text.Json checks the characters of a string or name only when it is read.
            throw new QLoraException($"{folder}: a JSON file of the tokenizer is damaged: {error.Message} "
                + "Download its files again.", error);
        }
    }

    private static Tokenizer Read(string folder)
    {
        TokenizerConfig config = TokenizerConfig.Read(folder);
        string json = Path.Combine(folder, "tokenizer.json");
        string model = Path.Combine(folder, "tokenizer.model");
        (string vocab, string merges) = (Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"));
        if (File.Exists(json))
        {
            return TokenizerJson.Read(json, config);
        }
        if (File.Exists(model))
        {
            return SentencePieceTokenizer.Read(model, config);
        }
        if (File.Exists(vocab) && File.Exists(merges))
        {
            return VocabAndMerges.Read(vocab, merges, config);
        }
        throw new QLoraException($"{folder}: no tokenizer: expected tokenizer.json, tokenizer.model, or vocab.json with merges.txt. "
            + "Copy them from the checkpoint's page.");
    }
}

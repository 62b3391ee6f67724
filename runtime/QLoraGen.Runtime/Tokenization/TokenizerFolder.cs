namespace QLoraGen.Tokenization;

/// <summary>Chooses the tokenizer's file in a checkpoint folder.</summary>
internal static class TokenizerFolder
{
    public static Tokenizer Load(string folder)
    {
        TokenizerConfig config = TokenizerConfig.Read(folder);
        string model = Path.Combine(folder, "tokenizer.model");
        if (File.Exists(model))
        {
            return SentencePieceBpe.Read(model, config);
        }
        throw new QLoraException($"{folder}: no tokenizer: expected tokenizer.json, tokenizer.model, or vocab.json with merges.txt. "
            + "Copy them from the checkpoint's page.");
    }
}

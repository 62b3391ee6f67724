namespace QLoraGen.Tokenization;

/// <summary>The `model` of a tokenizer: words to ids and ids to tokens.</summary>
internal abstract class TokenModel
{
    /// <summary>The largest id, or -1.</summary>
    public abstract int LastId { get; }

    /// <summary>The id of a token, or null.</summary>
    public abstract int? Find(string token);

    /// <summary>The token of an id, or null.</summary>
    public abstract string? Text(int id);

    /// <summary>Appends the ids of a word, which is never empty.</summary>
    public abstract void Encode(string word, List<int> ids);
}

namespace QLoraGen.Tokenization;

/// <summary>A vocabulary of tokens, both ways.</summary>
internal sealed class TokenVocab
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<int, string> texts = [];

    public TokenVocab(string file, Dictionary<string, int> ids)
    {
        this.ids = ids;
        Spans = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach ((string text, int id) in ids)
        {
            if (!texts.TryAdd(id, text))
            {
                throw new QLoraException($"{file}: vocab: id {id} is given to both '{texts[id]}' and '{text}'; give every token its own.");
            }
            LastId = Math.Max(LastId, id);
        }
        File = file;
    }

    public string File { get; }

    /// <summary>The largest id, or -1.</summary>
    public int LastId { get; } = -1;

    /// <summary>Ids by a token's characters.</summary>
    public Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Spans { get; }

    /// <summary>Reads an object of tokens and ids.</summary>
    public static TokenVocab Read(JsonField vocab)
    {
        Dictionary<string, int> ids = [];
        foreach ((string token, JsonField id) in vocab.Fields())
        {
            ids[token] = id.AsId();
        }
        return new(vocab.File, ids);
    }

    /// <summary>The id of a token, or null.</summary>
    public int? Find(string token) => ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The token of an id, or null.</summary>
    public string? Text(int id) => texts.GetValueOrDefault(id);
}

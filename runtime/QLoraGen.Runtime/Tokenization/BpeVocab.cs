namespace QLoraGen.Tokenization;

/// <summary>A BPE vocabulary with its merges, both ways.</summary>
internal sealed class BpeVocab
{
    private readonly string file;
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<int, string> texts = [];

    private BpeVocab(string file, Dictionary<string, int> ids, BpeMerger merger)
    {
        (this.file, this.ids, Merger) = (file, ids, merger);
        foreach ((string text, int id) in ids)
        {
            if (!texts.TryAdd(id, text))
            {
                throw new QLoraException($"{file}: vocab: id {id} is given to both '{texts[id]}' and '{text}'; give every token its own.");
            }
        }
    }

    public BpeMerger Merger { get; }

    /// <summary>Reads a vocabulary (token to id) and ranked merges, which may stand in another file.</summary>
    public static BpeVocab Read(JsonField vocab, string mergesFile, IEnumerable<(string Left, string Right)> merges)
    {
        Dictionary<string, int> ids = [];
        foreach ((string token, JsonField id) in vocab.Fields())
        {
            ids[token] = id.AsId();
        }
        BpeMerger merger = new(ids, merges, (rank, token) =>
            new QLoraException($"{mergesFile}: merges[{rank}]: '{token}' is not in the vocabulary; the two do not belong together: "
                + "download both again."));
        return new(vocab.File, ids, merger);
    }

    /// <summary>The id of a token, or null.</summary>
    public int? Find(string token) => ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The id of a token without which not every text can be written.</summary>
    public int Require(string token) => Find(token)
        ?? throw new QLoraException($"{file}: vocab: '{token}' is missing, without which not every text can be encoded; "
            + "this kind is not supported.");

    /// <summary>The token of an id, or null.</summary>
    public string? Text(int id) => texts.GetValueOrDefault(id);

    /// <summary>One more than the largest id of the vocabulary and the added tokens.</summary>
    public int SizeWith(AddedTokens added) => texts.Keys.Concat(added.ById.Keys).DefaultIfEmpty(-1).Max() + 1;
}

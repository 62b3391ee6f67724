namespace QLoraGen.Tokenization;

/// <summary>
/// What `tokenizer_config.json` and the model's `config.json` say about special tokens. Either file may be missing; the former
/// wins, because a fine-tuned checkpoint often changes only that one.
/// </summary>
internal sealed class TokenizerConfig
{
    private readonly JsonField tokenizer;
    private readonly JsonField model;

    private TokenizerConfig(JsonField tokenizer, JsonField model) => (this.tokenizer, this.model) = (tokenizer, model);

    /// <summary>Reads both files of a folder where they are.</summary>
    public static TokenizerConfig Read(string folder)
    {
        return new(ReadIfThere("tokenizer_config.json"), ReadIfThere("config.json"));

        JsonField ReadIfThere(string name)
        {
            string file = Path.Combine(folder, name);
            return File.Exists(file) ? JsonField.Read(file) : new(file, "", null);
        }
    }

    /// <summary>Whether a dummy prefix follows every added token too; transformers' `legacy`, true where nothing is said.</summary>
    public bool Legacy => tokenizer["legacy"].AsBool(missing: true);

    /// <summary>`add_prefix_space`, false where nothing is said.</summary>
    public bool AddPrefixSpace => tokenizer["add_prefix_space"].AsBool(missing: false);

    /// <summary>The class of transformers that wrote the files, or null.</summary>
    public string? TokenizerClass => tokenizer["tokenizer_class"] is { Exists: true } found ? found.AsString() : null;

    /// <summary>`added_tokens_decoder`: id to token.</summary>
    public IEnumerable<AddedToken> AddedTokens => tokenizer["added_tokens_decoder"].Fields().Select(entry =>
        int.TryParse(entry.Name, out int id) && id is >= 0 and < int.MaxValue
            ? ReadAdded(entry.Field, id)
            : throw entry.Field.Error("the name must be a token id"));

    /// <summary>The texts of `bos_token` and `eos_token`, where they are named.</summary>
    public IEnumerable<string> NamedTokens => new[] { "bos_token", "eos_token" }.Select(Name).OfType<string>().Distinct();

    /// <summary>One entry of `added_tokens` or `added_tokens_decoder`.</summary>
    public static AddedToken ReadAdded(JsonField entry, int id) => entry["single_word"].AsBool(missing: false)
        ? throw entry["single_word"].Error("is not supported; set it to false if the token may touch other words")
        : new(id, entry["content"].AsString(), entry["special"].AsBool(missing: false),
            entry["lstrip"].AsBool(missing: false), entry["rstrip"].AsBool(missing: false));

    /// <summary>The special ids: named in `tokenizer_config.json`, else numbered in `config.json`, else the given ones.</summary>
    /// <param name="find">Finds a token by its text.</param>
    /// <param name="bos">What the tokenizer's own file says.</param>
    /// <param name="eos">What the tokenizer's own file says.</param>
    /// <param name="addBos">Whether BOS is expected where `add_bos_token` is missing.</param>
    public SpecialIds Special(Func<string, AddedToken?> find, int? bos, int? eos, bool addBos)
    {
        int? bosId = Id("bos_token", find) ?? Number("bos_token_id") ?? bos;
        int? eosId = Id("eos_token", find) ?? Number("eos_token_id") ?? eos;
        JsonField add = tokenizer["add_bos_token"];
        bool adds = add.AsBool(addBos);
        return adds && bosId is null && add.Exists
            ? throw add.Error("is true, but there is no bos_token; name it, or set add_bos_token to false")
            : new(bosId, eosId, adds && bosId is not null);
    }

    private int? Id(string name, Func<string, AddedToken?> find)
    {
        string? content = Name(name);
        return content is null ? null : find(content)?.Id
            ?? throw tokenizer[name].Error($"'{content}' is not among the tokenizer's special tokens; correct the name or add the token");
    }

    private string? Name(string name) => tokenizer[name] switch
    {
        { Exists: false } => null,
        { IsObject: true } token => token["content"].AsString(),
        var token => token.AsString(),
    };

    private int? Number(string name)
    {
        JsonField field = model[name];
        return !field.Exists ? null
            : !field.IsArray ? field.AsId()
            : field.Items().Select(item => (int?)item.AsId()).FirstOrDefault();
    }
}

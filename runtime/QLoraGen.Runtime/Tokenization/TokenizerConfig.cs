namespace QLoraGen.Tokenization;

/// <summary>
/// What `tokenizer_config.json` and the model's `config.json` say about special tokens. Either file may be missing; the former
/// wins, because a fine-tuned checkpoint often changes only that one. `clean_up_tokenization_spaces` is left aside knowingly: it
/// takes spaces out of decoded text, which would no longer be what the model wrote.
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

    /// <summary>
    /// All added tokens: those of the tokenizer's own file, with the fields that `added_tokens_decoder` gives them; those that stand
    /// there alone; and tokens of the vocabulary that are named as special ones (`eos_token` and its like).
    /// </summary>
    /// <param name="file">The tokenizer's own file.</param>
    /// <param name="own">Its tokens.</param>
    /// <param name="find">Finds a token of the vocabulary.</param>
    /// <param name="normalize">What is done to the text in which normalized tokens are looked for.</param>
    public AddedTokens Added(string file, IEnumerable<AddedToken> own, Func<string, int?> find, Func<string, string> normalize)
    {
        List<AddedToken> tokens = [.. own];
        Dictionary<string, int> places = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            places.TryAdd(tokens[i].Content, i);
        }
        foreach ((string name, JsonField entry) in tokenizer["added_tokens_decoder"].Fields())
        {
            AddedToken token = int.TryParse(name, out int id) && id is >= 0 and < int.MaxValue
                ? ReadAdded(entry, id)
                : throw entry.Error("the name must be a token id");
            if (!places.TryGetValue(token.Content, out int place))
            {
                places.Add(token.Content, tokens.Count);
                tokens.Add(token);
            }
            else if (tokens[place].Id != id)
            {
                throw entry.Error($"'{token.Content}' has the id {id} here, but {tokens[place].Id} in {Path.GetFileName(file)}; "
                    + "the files do not belong together");
            }
            else
            {
                tokens[place] = token;
            }
        }
        foreach (string name in NamedTokens())
        {
            if (places.TryGetValue(name, out int place))
            {
                tokens[place] = tokens[place] with { Special = true };
            }
            else if (find(name) is { } id && tokens.TrueForAll(token => token.Id != id))
            {
                places.Add(name, tokens.Count);
                tokens.Add(new(id, name, Special: true));
            }
        }
        return new(file, tokens, normalize);
    }

    /// <summary>One entry of `added_tokens` or `added_tokens_decoder`.</summary>
    public static AddedToken ReadAdded(JsonField entry, int id)
    {
        bool special = entry["special"].AsBool(missing: false);
        return new(id, entry["content"].AsString(), special, entry["lstrip"].AsBool(missing: false), entry["rstrip"].AsBool(missing: false),
            entry["single_word"].AsBool(missing: false), entry["normalized"].AsBool(missing: !special));
    }

    /// <summary>The special ids: named in `tokenizer_config.json`, else numbered in `config.json`, else the given ones.</summary>
    /// <param name="find">Finds a token by its text.</param>
    /// <param name="own">What the tokenizer's own file says.</param>
    public SpecialIds Special(Func<string, AddedToken?> find, SpecialIds own)
    {
        int? bos = Id("bos_token", find) ?? Number("bos_token_id") ?? own.Bos;
        int? eos = Id("eos_token", find) ?? Number("eos_token_id") ?? own.Eos;
        bool addEos = Adds("add_eos_token", own.AddEos, eos);
        return addEos && !tokenizer["add_eos_token"].Exists && eos != own.Eos
            ? throw tokenizer["eos_token"].Error($"is the token {eos}, but the tokenizer puts {own.Eos} after every text; "
                + "set add_eos_token to false or to true")
            : new(bos, eos, Adds("add_bos_token", own.AddBos, bos), addEos);
    }

    private bool Adds(string name, bool missing, int? id)
    {
        JsonField add = tokenizer[name];
        bool adds = add.AsBool(missing);
        return adds && id is null && add.Exists
            ? throw add.Error($"is true, but there is no {name[4..]}; name it, or set {name} to false")
            : adds && id is not null;
    }

    private IEnumerable<string> NamedTokens()
    {
        string[] names = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];
        IEnumerable<JsonField> more = tokenizer["additional_special_tokens"].Items();
        if (tokenizer["extra_special_tokens"].IsObject)
        {
            more = more.Concat(tokenizer["extra_special_tokens"].Fields().Select(static entry => entry.Field));
        }
        return names.Select(name => tokenizer[name]).Concat(more).Select(Content).OfType<string>().Distinct();
    }

    private int? Id(string name, Func<string, AddedToken?> find)
    {
        string? content = Content(tokenizer[name]);
        return content is null ? null : find(content)?.Id
            ?? throw tokenizer[name].Error($"'{content}' is not among the tokenizer's special tokens; correct the name or add the token");
    }

    private static string? Content(JsonField token) => !token.Exists ? null
        : token.IsObject ? token["content"].AsString() : token.AsString();

    private int? Number(string name)
    {
        JsonField field = model[name];
        return !field.Exists ? null
            : !field.IsArray ? field.AsId()
            : field.Items().Select(item => (int?)item.AsId()).FirstOrDefault();
    }
}

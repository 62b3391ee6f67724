using System.Text.Json;

namespace QLoraGen.Tokenization;

/// <summary>
/// Reads Hugging Face's `tokenizer.json`. What the file asks for and is not supported is refused by name, because a tokenizer that
/// ignored it would give wrong ids in silence. `truncation` and `padding` are left to the caller.
/// </summary>
internal static class TokenizerJson
{
    public static Tokenizer Read(string file, TokenizerConfig config)
    {
        JsonField root = JsonField.Read(file);
        Normalizer normalizer = Normalizer.Read(root["normalizer"]);
        PreTokenizer words = PreTokenizer.Read(root["pre_tokenizer"]);
        TokenModel model = Model(root["model"], words.WritesBytes);
        AddedTokens added = config.Added(file, root["added_tokens"].Items().Select(entry =>
            TokenizerConfig.ReadAdded(entry, entry["id"].AsId())), model.Find, text => normalizer.Apply(text, TextStart.Later));
        SpecialIds special = config.Special(added.Find, PostProcessor.Read(root["post_processor"], added, model));
        return new PipelineTokenizer(normalizer, words, model, TokenDecoder.Read(root["decoder"]), added, special);
    }

    /// <summary>What a field holds, short enough for a message.</summary>
    public static string Describe(JsonField field) => !field.Exists ? "nothing" : field.IsString ? $"'{field.AsString()}'"
        : field["type"].IsString ? $"'{field["type"].AsString()}'" : field.Value.ValueKind.ToString();

    /// <summary>A sequence's parts, or the one part itself, or none.</summary>
    public static JsonField[] Parts(JsonField field, string list) => !field.Exists ? []
        : field["type"].AsString() == "Sequence" ? [.. field[list].Items().SelectMany(part => Parts(part, list))] : [field];

    private static TokenModel Model(JsonField model, bool writesBytes)
    {
        string type = model["type"].Exists ? model["type"].AsString() : model["merges"].IsArray ? "BPE" : model["vocab"].IsArray ? "Unigram" : "";
        if (type == "Unigram")
        {
            return new UnigramModel(model);
        }
        if (type != "BPE" || !model["vocab"].IsObject || !model["merges"].IsArray)
        {
            throw model["type"].Error($"only BPE with vocab and merges, and Unigram, are supported, found {Describe(model["type"])}; "
                + "use a checkpoint with such a tokenizer");
        }
        RefuseSet(model, "dropout", "continuing_subword_prefix", "end_of_word_suffix");
        TokenVocab vocab = TokenVocab.Read(model["vocab"]);
        BpeMerger merger = new(vocab, model["merges"].Items().Select(Merge), (rank, token) => model["merges"].Error(
            $"[{rank}]: '{token}' is not in the vocabulary; the two do not belong together: download the file again"));
        BpeModel bpe = new(vocab, merger, new(
            model["unk_token"].Exists ? model["unk_token"].AsString() : null, model["fuse_unk"].AsBool(missing: false),
            model["byte_fallback"].AsBool(missing: false), model["ignore_merges"].AsBool(missing: false)));
        bpe.RequireEveryText(writesBytes);
        return bpe;
    }

    private static void RefuseSet(JsonField owner, params string[] names)
    {
        foreach (JsonField field in names.Select(name => owner[name]))
        {
            bool zero = field.Exists && field.Value.ValueKind == JsonValueKind.Number && field.Value.GetDouble() == 0;
            if (field.Exists && !zero && !(field.IsString && field.AsString().Length == 0))
            {
                throw field.Error("is not supported; set it to null");
            }
        }
    }

    private static (string Left, string Right) Merge(JsonField merge)
    {
        string[] sides = merge.IsString ? merge.AsString().Split(' ') : [.. merge.Items().Select(side => side.AsString())];
        return sides is [{ Length: > 0 } left, { Length: > 0 } right] ? (left, right) : throw merge.Error("must be two tokens");
    }
}

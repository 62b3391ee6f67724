using System.Text.Json;

namespace QLoraGen.Tokenization;

/// <summary>
/// Reads Hugging Face's `tokenizer.json`. Byte-level BPE and SentencePiece-style BPE are supported; whatever else the file asks
/// for is refused by name, because a tokenizer that ignored it would give wrong ids in silence.
/// </summary>
internal static class TokenizerJson
{
    public static Tokenizer Read(string file, TokenizerConfig config)
    {
        JsonField root = JsonField.Read(file);
        JsonField model = root["model"];
        if (!model["vocab"].IsObject || !model["merges"].IsArray || (model["type"].Exists && model["type"].AsString() != "BPE"))
        {
            throw model["type"].Error($"only BPE with vocab and merges is supported, found {Describe(model["type"])}; "
                + "use a checkpoint with a BPE tokenizer");
        }
        RefuseSet(model, "dropout", "continuing_subword_prefix", "end_of_word_suffix");

        AddedTokens added = new(file, root["added_tokens"].Items().Select(entry => TokenizerConfig.ReadAdded(entry, entry["id"].AsId())));
        BpeVocab vocab = BpeVocab.Read(model["vocab"], file, model["merges"].Items().Select(Merge));
        (int? bos, bool addBos) = Template(root["post_processor"], added);
        SpecialIds special = config.Special(added.Find, bos, eos: null, addBos);
        return model["byte_fallback"].AsBool(missing: false)
            ? new CharacterBpe(vocab, CharacterBpeOptions.Read(root), added, special)
            : new ByteLevelBpe(vocab, ByteLevel(root), added, special);
    }

    /// <summary>What a field holds, short enough for a message.</summary>
    public static string Describe(JsonField field) => !field.Exists ? "nothing" : field.IsString ? $"'{field.AsString()}'"
        : field["type"].IsString ? $"'{field["type"].AsString()}'" : field.Value.ValueKind.ToString();

    /// <summary>A sequence's parts, or the one part itself, or none.</summary>
    public static JsonField[] Parts(JsonField field, string list) => !field.Exists ? []
        : field["type"].AsString() == "Sequence" ? [.. field[list].Items().SelectMany(part => Parts(part, list))] : [field];

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

    private static ByteLevelOptions ByteLevel(JsonField root)
    {
        bool nfc = false;
        foreach (JsonField part in Parts(root["normalizer"], "normalizers"))
        {
            nfc = part["type"].AsString() == "NFC"
                ? true
                : throw part.Error($"only NFC is supported before byte-level BPE, found {Describe(part)}");
        }
        List<string> patterns = [];
        bool? prefix = null;
        foreach (JsonField part in Parts(root["pre_tokenizer"], "pretokenizers"))
        {
            if (prefix is not null)
            {
                throw part.Error($"nothing is supported after ByteLevel, found {Describe(part)}");
            }
            switch (part["type"].AsString())
            {
                case "Split":
                    patterns.Add(SplitPattern(part));
                    break;
                case "Digits":
                    patterns.Add(part["individual_digits"].AsBool(missing: false) ? @"\p{N}" : @"\p{N}+");
                    break;
                case "ByteLevel":
                    prefix = part["add_prefix_space"].AsBool(missing: true);
                    if (prefix.Value && patterns.Count > 0)
                    {
                        throw part["add_prefix_space"].Error("true is not supported after another pre-tokenizer");
                    }
                    if (part["use_regex"].AsBool(missing: true))
                    {
                        patterns.Add(PreTokenizer.Gpt2);
                    }
                    break;
                default:
                    throw part.Error($"only Split, Digits and ByteLevel are supported, found {Describe(part)}");
            }
        }
        JsonField whole = root["pre_tokenizer"];
        try
        {
            bool prefixed = prefix
                ?? throw whole.Error("only byte-level BPE (a pre-tokenizer ByteLevel) and BPE with byte_fallback are supported");
            return new(new([.. patterns]), prefixed, nfc, root["model"]["ignore_merges"].AsBool(missing: false));
        }
        catch (ArgumentException error)
        {
            throw new QLoraException($"{whole.File}: pre_tokenizer: a regular expression that .NET does not know: {error.Message}", error);
        }
    }

    private static string SplitPattern(JsonField split)
    {
        (JsonField regex, JsonField literal) = (split["pattern"]["Regex"], split["pattern"]["String"]);
        bool inverted = split["invert"].AsBool(missing: false);
        return (split["behavior"].AsString(), inverted) is ("Isolated", _) or ("Removed", true)
            ? regex.Exists ? regex.AsString() : System.Text.RegularExpressions.Regex.Escape(literal.AsString())
            : throw split["behavior"].Error($"only Isolated, and Removed with invert, are supported, found {Describe(split["behavior"])}");
    }

    /// <summary>The token that the post-processor puts first, if any.</summary>
    private static (int? Bos, bool Add) Template(JsonField processor, AddedTokens added)
    {
        foreach (JsonField part in Parts(processor, "processors"))
        {
            switch (part["type"].AsString())
            {
                case "ByteLevel":
                    break;
                case "TemplateProcessing":
                    JsonField first = part["single"].Items().FirstOrDefault()["SpecialToken"]["id"];
                    return first.Exists
                        ? (added.Find(first.AsString())?.Id ?? throw first.Error("is not an added token"), true)
                        : (null, false);
                default:
                    throw part.Error($"only TemplateProcessing and ByteLevel are supported, found {Describe(part)}");
            }
        }
        return (null, false);
    }
}

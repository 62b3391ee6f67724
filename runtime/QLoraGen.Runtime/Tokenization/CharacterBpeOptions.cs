namespace QLoraGen.Tokenization;

/// <summary>How a SentencePiece-style tokenizer treats a text before merging: spaces are written ▁ in all of them.</summary>
/// <param name="Prefix">Whether a ▁ is put before a text.</param>
/// <param name="PrefixAfterAddedTokens">Whether it is put after every added token too.</param>
/// <param name="PrefixOnlyIfMissing">Whether it is left out before a text that begins with a space.</param>
/// <param name="SplitWords">Whether every ▁ begins a word that is merged on its own.</param>
internal sealed record CharacterBpeOptions(bool Prefix, bool PrefixAfterAddedTokens, bool PrefixOnlyIfMissing, bool SplitWords)
{
    private const string Space = "\u2581";

    /// <summary>Reads the normalizer and pre-tokenizer of a `tokenizer.json`.</summary>
    public static CharacterBpeOptions Read(JsonField root)
    {
        CharacterBpeOptions options = new(false, false, false, false);
        bool replaces = false;
        foreach (JsonField part in TokenizerJson.Parts(root["normalizer"], "normalizers"))
        {
            switch (part["type"].AsString())
            {
                case "Prepend" when part["prepend"].AsString() == Space && !replaces:
                    options = options with { Prefix = true, PrefixAfterAddedTokens = true };
                    break;
                case "Replace" when IsSpace(part["pattern"]) && part["content"].AsString() == Space:
                    replaces = true;
                    break;
                default:
                    throw part.Error($"only Prepend '{Space}' and Replace ' ' by '{Space}' are supported, "
                        + $"found {TokenizerJson.Describe(part)}");
            }
        }
        foreach (JsonField part in TokenizerJson.Parts(root["pre_tokenizer"], "pretokenizers"))
        {
            switch (part["type"].AsString())
            {
                case "Metaspace" when part["replacement"].AsString() == Space && !options.Prefix:
                    string scheme = part["prepend_scheme"].Exists ? part["prepend_scheme"].AsString()
                        : part["add_prefix_space"].AsBool(missing: true) ? "always" : "never";
                    if (scheme is not ("first" or "always" or "never"))
                    {
                        throw part["prepend_scheme"].Error($"must be first, always or never, found '{scheme}'");
                    }
                    options = new(scheme != "never", scheme == "always", PrefixOnlyIfMissing: true, part["split"].AsBool(missing: true));
                    replaces = true;
                    break;
                case "Split" when replaces && IsSpace(part["pattern"]):
                    break; // The normalizer left no space to split at.
                default:
                    throw part.Error($"only Metaspace with '{Space}' is supported, found {TokenizerJson.Describe(part)}");
            }
        }
        return replaces ? options : throw root["normalizer"].Error($"must write a space as '{Space}' in a tokenizer with byte_fallback");
    }

    private static bool IsSpace(JsonField pattern) => pattern["String"] is { IsString: true } text && text.AsString() == " ";
}

namespace QLoraGen.Tokenization;

/// <summary>
/// The `post_processor` of a `tokenizer.json`: the tokens around every text. One before it, which is the BOS token, and one after
/// it, the EOS token, are supported. Truncation and padding, which the file may ask for too, are the caller's business.
/// </summary>
internal static class PostProcessor
{
    public static SpecialIds Read(JsonField field, AddedTokens added, TokenModel model)
    {
        SpecialIds read = default;
        foreach (JsonField part in TokenizerJson.Parts(field, "processors"))
        {
            switch (part["type"].AsString())
            {
                case "ByteLevel": // moves offsets, which we do not give
                    break;
                case "TemplateProcessing":
                    read = Template(part);
                    break;
                case "RobertaProcessing":
                case "BertProcessing":
                    read = Around(Id(part["cls"].Items().ElementAtOrDefault(0)), Id(part["sep"].Items().ElementAtOrDefault(0)));
                    break;
                default:
                    throw part["type"].Error("only TemplateProcessing, ByteLevel, RobertaProcessing, BertProcessing and Sequence are "
                        + $"supported, found {TokenizerJson.Describe(part)}");
            }
        }
        return read;

        SpecialIds Template(JsonField part)
        {
            JsonField[] parts = [.. part["single"].Items()];
            int text = Array.FindIndex(parts, static piece => piece["Sequence"].Exists);
            if (text < 0 || text > 1 || parts.Length - text > 2 || Array.FindLastIndex(parts, static piece => piece["Sequence"].Exists) != text)
            {
                throw part["single"].Error("only the text with at most one token before and one after it is supported");
            }
            return Around(text > 0 ? Token(parts[0]) : null, text + 1 < parts.Length ? Token(parts[^1]) : null);

            int Token(JsonField piece)
            {
                JsonField token = piece["SpecialToken"]["id"];
                JsonField[] ids = [.. part["special_tokens"][token.AsString()]["ids"].Items()];
                return ids.Length switch
                {
                    0 => Id(token),
                    1 => ids[0].AsId(),
                    _ => throw part["special_tokens"].Error($"'{token.AsString()}' stands for {ids.Length} ids; only one is supported"),
                };
            }
        }

        static SpecialIds Around(int? bos, int? eos) => new(bos, eos, bos is not null, eos is not null);

        int Id(JsonField token) => added.Find(token.AsString())?.Id ?? model.Find(token.AsString())
            ?? throw token.Error($"'{token.AsString()}' is not in the vocabulary");
    }
}

using System.Text.RegularExpressions;

namespace QLoraGen.Tokenization;

/// <summary>Reads one step of a `pre_tokenizer`.</summary>
internal static class PreTokenizerReader
{
    // Letters, marks, digits and connectors; and what is neither that nor white space.
    private const string WordOrSymbols = @"[\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]+|[^\s\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]+";

    // ASCII counts some symbols as punctuation that Unicode does not.
    private const string Punctuation = @"[\p{P}$+<=>^`|~]";

    public static IPreTokenizerStep Read(JsonField part) => part["type"].AsString() switch
    {
        "ByteLevel" => new ByteLevelStep(part["add_prefix_space"].AsBool(missing: true), part["use_regex"].AsBool(missing: true)),
        "Metaspace" => MetaspaceStep.Read(part),
        "Split" => Split(part),
        "Digits" => part["individual_digits"].AsBool(missing: false)
            ? new SplitStep(new(@"\p{N}"), SplitBehavior.Isolated)
            : new SplitStep(new(@"\p{N}+"), SplitBehavior.Isolated),
        "Punctuation" => new SplitStep(new(Punctuation), Behavior(part["behavior"], missing: SplitBehavior.Isolated)),
        "Whitespace" => new SplitStep(new(WordOrSymbols), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => new SplitStep(new(@"\s"), SplitBehavior.Removed),
        "CharDelimiterSplit" => new SplitStep(new(Regex.Escape(part["delimiter"].AsString())), SplitBehavior.Removed),
        _ => throw part["type"].Error("only ByteLevel, Metaspace, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, "
            + $"CharDelimiterSplit and Sequence are supported, found {TokenizerJson.Describe(part)}"),
    };

    private static SplitStep Split(JsonField part)
    {
        (JsonField regex, JsonField literal) = (part["pattern"]["Regex"], part["pattern"]["String"]);
        WordPattern pattern = regex.Exists ? new(regex)
            : literal.AsString().Length > 0 ? new(Regex.Escape(literal.AsString()))
            : throw literal.Error("must not be empty");
        return new(pattern, Behavior(part["behavior"], missing: null), part["invert"].AsBool(missing: false));
    }

    private static SplitBehavior Behavior(JsonField field, SplitBehavior? missing) => !field.Exists && missing is { } given ? given
        : Enum.TryParse(field.AsString(), out SplitBehavior found) && Enum.IsDefined(found) && !char.IsAsciiDigit(field.AsString()[0]) ? found
        : throw field.Error($"must be one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}, found '{field.AsString()}'");
}

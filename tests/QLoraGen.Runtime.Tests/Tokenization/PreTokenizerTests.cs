using System.Text;
using System.Text.Json;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("it's 2024, ok?", "it|'s| 2024|,| ok|?")]
    [InlineData("a  b\n\nc ", "a| | b|\n|\n|c| ")]
    [InlineData("𝐀𝐁 𝟏𝟐🦙🦙", "𝐀𝐁| 𝟏𝟐|🦙🦙")]
    public void Gpt2_words_are_letters_digits_others_and_spaces_also_beyond_U_FFFF(string text, string words) =>
        Assert.Equal(words.Split('|'), Decoded(PreTokenizer.ByteLevel(PreTokenizer.Gpt2, addPrefixSpace: false), text));

    [Theory]
    [InlineData("IT'S 2024!\n", "IT|'S| |2|0|2|4|!\n")]
    [InlineData("x=𝐀𝟏", "x|=𝐀|𝟏")]
    public void Qwen_words_take_digits_one_by_one(string text, string words) =>
        Assert.Equal(words.Split('|'), Decoded(PreTokenizer.ByteLevel(PreTokenizer.Qwen2, addPrefixSpace: false), text));

    [Theory]
    [InlineData("Isolated", "ab|-|-|cd|-")]
    [InlineData("Removed", "ab|cd")]
    [InlineData("Contiguous", "ab|--|cd|-")]
    [InlineData("MergedWithPrevious", "ab-|-|cd-")]
    [InlineData("MergedWithNext", "ab|-|-cd|-")]
    public void A_split_does_with_its_matches_what_its_behavior_says(string behavior, string words) =>
        Assert.Equal(words.Split('|'), Split("ab--cd-", $$$"""{"type": "Split", "pattern": {"String": "-"}, "behavior": "{{{behavior}}}"}"""));

    [Fact]
    public void An_inverted_split_takes_what_lies_between() => Assert.Equal(["12", "345"],
        Split("a12-345", """{"type": "Split", "pattern": {"Regex": "\\d+"}, "behavior": "Removed", "invert": true}"""));

    [Theory]
    [InlineData("Digits", "\"individual_digits\": true", "a12½b", "a|1|2|½|b")]
    [InlineData("Digits", "\"individual_digits\": false", "a12½b", "a|12½|b")]
    [InlineData("Punctuation", "\"behavior\": \"Contiguous\"", "hi?! $x—y", "hi|?!| |$|x|—|y")]
    [InlineData("Whitespace", null, "it's a_b\t 3%", "it|'|s|a_b|3|%")]
    [InlineData("WhitespaceSplit", null, " it's\n a ", "it's|a")]
    [InlineData("CharDelimiterSplit", "\"delimiter\": \"|\"", "a|b", "a,b")]
    public void Each_type_cuts_as_its_name_says(string type, string? fields, string text, string words) => Assert.Equal(
        words.Split(type == "CharDelimiterSplit" ? ',' : '|'), Split(text, $$"""{"type": "{{type}}"{{(fields is null ? "" : ", " + fields)}}}"""));

    [Fact]
    public void Steps_apply_one_after_another_also_to_words_that_are_bytes_already() =>
        Assert.Equal(["x", "123", "4", "Â", "½"], Split("x1234½", """
            {"type": "Sequence", "pretokenizers": [
              {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
              {"type": "Split", "pattern": {"Regex": "[0-9]{3}"}, "behavior": "Isolated"},
              {"type": "Digits", "individual_digits": false}]}
            """));

    [Fact]
    public void Metaspace_puts_a_space_before_the_first_word_or_before_every_text()
    {
        Assert.Equal(["▁a", "▁b", "▁", "▁c"], Split("a b  c", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"}"""));
        Assert.Equal(["a", "▁b"], Split("a b", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"}""", TextStart.Later));
        Assert.Equal(["▁a", "▁b"], Split("a b", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", TextStart.Later));
        Assert.Equal(["a▁b"], Split("a b", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": false}"""));
        Assert.Equal(["a"], Split("a", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", TextStart.Continued));
    }

    [Theory]
    [InlineData("""{"type": "Split", "pattern": {"String": "-"}, "behavior": "Kept"}""", "behavior: must be one of Removed, Isolated")]
    [InlineData("""{"type": "Split", "pattern": {"String": "-"}, "behavior": "1"}""", "behavior: must be one of")]
    [InlineData("""{"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"}""", "pattern.String: must not be empty")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}""", "pattern.Regex: a regular expression that .NET does not know")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "[\ud801\udc00]"}, "behavior": "Isolated"}""", "beyond U+FFFF")]
    [InlineData("""{"type": "Metaspace", "replacement": "__"}""", "replacement: must be one character")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "last"}""", "prepend_scheme: must be first, always or never")]
    [InlineData("""{"type": "UnicodeScripts"}""", "type: only ByteLevel")]
    public void What_is_not_known_is_refused_by_name(string json, string message) =>
        Assert.Contains(message, Assert.Throws<QLoraException>(() => Split("x", json)).Message);

    [Fact]
    public void A_pattern_that_runs_for_ages_ends_in_an_error() => Assert.Contains("does not backtrack", Assert.Throws<QLoraException>(() =>
        Split(new string('a', 5000) + "!", """{"type": "Split", "pattern": {"Regex": "(a|aa)+$"}, "behavior": "Isolated"}""")).Message);

    private static IEnumerable<string> Split(string text, string json, TextStart start = TextStart.OfText)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return [.. PreTokenizer.Read(new("tokenizer.json", "pre_tokenizer", document.RootElement)).Split(new(text, start)).Select(word => word.Text)];
    }

    private static IEnumerable<string> Decoded(PreTokenizer words, string text) => words.Split(new(text, TextStart.OfText)).Select(word =>
    {
        List<byte> utf8 = [];
        Assert.True(ByteAlphabet.TryRead(word.Text, utf8));
        return Encoding.UTF8.GetString([.. utf8]);
    });
}

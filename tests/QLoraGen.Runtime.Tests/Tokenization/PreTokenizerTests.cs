using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("it's 2024, ok?", "it|'s| 2024|,| ok|?")]
    [InlineData("a  b\n\nc ", "a| | b|\n|\n|c| ")]
    [InlineData("𝐀𝐁 𝟏𝟐🦙🦙", "𝐀𝐁| 𝟏𝟐|🦙🦙")]
    public void Gpt2_words_are_letters_digits_others_and_spaces_also_beyond_U_FFFF(string text, string words) =>
        Assert.Equal(words.Split('|'), new PreTokenizer(PreTokenizer.Gpt2).Split(text));

    [Theory]
    [InlineData("IT'S 2024!\n", "IT|'S| |2|0|2|4|!\n")]
    [InlineData("x=𝐀𝟏", "x|=𝐀|𝟏")]
    public void Qwen_words_take_digits_one_by_one(string text, string words) =>
        Assert.Equal(words.Split('|'), new PreTokenizer(PreTokenizer.Qwen2).Split(text));

    [Fact]
    public void Steps_apply_one_after_another_and_keep_what_does_not_match() =>
        Assert.Equal(["ab", "1", "2", "-", "c"], new PreTokenizer(@"\p{N}", "-").Split("ab12-c"));

    [Fact]
    public void A_pattern_that_runs_for_ages_ends_in_an_error()
    {
        PreTokenizer evil = new("(a|aa)+$");
        Assert.Contains("does not backtrack", Assert.Throws<QLoraException>(() => evil.Split(new string('a', 5000) + "!")).Message);
    }
}

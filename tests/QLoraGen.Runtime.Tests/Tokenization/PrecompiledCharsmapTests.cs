using System.Text;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class PrecompiledCharsmapTests
{
    [Theory]
    [InlineData("ﬁn ﬁ", "fin fi")]
    [InlineData("plain 🦙", "plain 🦙")]
    [InlineData("ﬁ\u0301", "fi")]                       // the mark belongs to what is replaced
    public void A_character_is_replaced_with_its_marks_wherever_it_stands(string text, string expected) =>
        Assert.Equal(expected, Map(("ﬁ", "fi")).ReplaceGraphemes(text));

    [Fact]
    public void A_grapheme_that_is_too_long_to_look_up_is_replaced_character_by_character() =>
        Assert.Equal("fi\u0301\u0302", Map(("ﬁ", "fi")).ReplaceGraphemes("ﬁ\u0301\u0302"));

    [Fact]
    public void SentencePiece_takes_the_longest_key()
    {
        PrecompiledCharsmap map = Map(("a", "x"), ("ab", "yz"));
        Assert.Equal((2, "yz"), Longest(map, "abc"));
        Assert.Equal((1, "x"), Longest(map, "ac"));
        Assert.Equal(-1, map.Longest("ca"u8).Length);
        Assert.Equal("xbc", map.ReplaceGraphemes("abc"));
    }

    [Fact]
    public void Units_that_lead_out_of_the_file_find_nothing()
    {
        byte[] bytes = Charsmaps.Of(("ab", "x"));
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[4 + random.Next(8)] ^= (byte)(1 << random.Next(8));
            damaged[random.Next(4, bytes.Length)] ^= (byte)random.Next(256);
            PrecompiledCharsmap map = PrecompiledCharsmap.Read(damaged, what => new QLoraException(what));
            Assert.InRange(map.Longest("abcd"u8).Length, -1, 4);
        }
    }

    private static (int Length, string Text) Longest(PrecompiledCharsmap map, string text)
    {
        (int length, ReadOnlyMemory<byte> replacement) = map.Longest(Encoding.UTF8.GetBytes(text));
        return (length, Encoding.UTF8.GetString(replacement.Span));
    }

    private static PrecompiledCharsmap Map(params (string From, string To)[] entries) =>
        PrecompiledCharsmap.Read(Charsmaps.Of(entries), what => new QLoraException(what));
}

using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class UnicodeNfcTests
{
    [Theory]
    [InlineData("plain café", "plain café")]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("A\u030A \u212B", "\u00C5 \u00C5")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]                      // marks are ordered though nothing composes
    [InlineData("s\u0323\u0307", "\u1E69")]                             // two marks, composed one after the other
    [InlineData("a\u0315\u0300b", "\u00E0\u0315b")]                     // a mark may pass one of another class
    [InlineData("a\u0301\u0301", "\u00E1\u0301")]                       // but not one of its own
    [InlineData("\u1112\u1161\u11AB \uD55C", "\uD55C \uD55C")]          // Hangul
    [InlineData("\u0958", "\u0915\u093C")]                              // excluded from composing
    [InlineData("\u2126 \uF900", "\u03A9 \u8C48")]                      // singletons
    [InlineData("\uD804\uDC99\uD804\uDCBA", "\uD804\uDC9A")]            // beyond U+FFFF
    public void Texts_are_composed_as_Unicode_says(string text, string composed) => Assert.Equal(composed, UnicodeNfc.Compose(text));

    [SharedFact]
    public void Qwen_composes_before_it_tokenizes()
    {
        Tokenizer qwen = Tokenizer.Load(SharedData.Path("tokenizers", "qwen2.5"));
        Assert.Equal(qwen.Encode("café"), qwen.Encode("cafe\u0301"));
    }
}

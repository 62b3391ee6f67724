using System.Text;
using QLoraGen.Testing;
using QLoraGen.Tokenization;

namespace QLoraGen.Tests.Tokenization;

public sealed class UnicodeFormsTests
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
    public void Texts_are_composed_as_Unicode_says(string text, string composed) => Assert.Equal(composed, UnicodeForms.Apply(text, NormalizationForm.FormC));

    [Theory]
    [InlineData(NormalizationForm.FormD, "\u00E9 \u1E69 \uD55C \uFB01", "e\u0301 s\u0323\u0307 \u1112\u1161\u11AB \uFB01")]
    [InlineData(NormalizationForm.FormKD, "\uFB01 \u00BD \u00E9", "fi 1\u20442 e\u0301")]
    [InlineData(NormalizationForm.FormKC, "\uFB01 \u2460 \uFF21e\u0301 \u3000x", "fi 1 A\u00E9  x")]
    [InlineData(NormalizationForm.FormKC, "\uFDFA \u1E9B\u0323", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064A\u0647 \u0648\u0633\u0644\u0645 \u1E69")]
    [InlineData(NormalizationForm.FormKC, "\uD835\uDC00", "A")]           // beyond U+FFFF
    public void The_other_forms_decompose_or_take_compatible_characters_too(NormalizationForm form, string text, string expected) =>
        Assert.Equal(expected, UnicodeForms.Apply(text, form));

    [SharedFact]
    public void Qwen_composes_before_it_tokenizes()
    {
        Tokenizer qwen = Tokenizer.Load(SharedData.Path("tokenizers", "qwen2.5"));
        Assert.Equal(qwen.Encode("café"), qwen.Encode("cafe\u0301"));
    }
}

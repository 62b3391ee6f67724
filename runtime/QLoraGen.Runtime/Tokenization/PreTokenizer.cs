using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace QLoraGen.Tokenization;

/// <summary>Cuts a text into the words that are tokenized apart, by regular expressions applied one after another.</summary>
internal sealed class PreTokenizer
{
    /// <summary>GPT-2's words.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The words of Qwen 2, 2.5 and 3, which count every digit alone.</summary>
    public const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // The patterns come with the checkpoint: one that would run for ages ends in an error.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Regex[] steps;

    /// <summary>Takes the patterns in their order.</summary>
    /// <exception cref="ArgumentException">A pattern is not one that .NET understands.</exception>
    public PreTokenizer(params string[] patterns) =>
        steps = [.. patterns.Select(pattern => new Regex(pattern, RegexOptions.CultureInvariant, Patience))];

    /// <summary>The words, in order; they join to the text.</summary>
    /// <exception cref="QLoraException">A pattern takes more than two seconds to find one word.</exception>
    public IEnumerable<string> Split(string text)
    {
        try
        {
            return steps.Aggregate<Regex, List<string>>([text], (words, step) => [.. words.SelectMany(word => Split(word, step))]);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new QLoraException($"tokenizer.json: pre_tokenizer: the expression {error.Pattern} takes more than "
                + $"{Patience.TotalSeconds} s to find one word of a text; use one that does not backtrack.", error);
        }
    }

    private static List<string> Split(string text, Regex step)
    {
        List<string> words = [];
        (string shadow, int[]? at) = Shadow(text);
        int from = 0;
        foreach (ValueMatch match in step.EnumerateMatches(shadow))
        {
            Cut(match.Index);
            Cut(match.Index + match.Length);
        }
        Cut(shadow.Length);
        return words;

        void Cut(int to)
        {
            if (to > from)
            {
                words.Add(at is null ? text[from..to] : text[at[from]..at[to]]);
                from = to;
            }
        }
    }

    /// <summary>
    /// .NET's expressions see a character beyond U+FFFF as two surrogates, which are neither letters nor digits. They are shown a
    /// character of the same Unicode category instead; <c>At</c> leads back to the text.
    /// </summary>
    private static (string Shadow, int[]? At) Shadow(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return (text, null);
        }
        StringBuilder shadow = new(text.Length);
        List<int> at = [];
        int position = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            at.Add(position);
            position += rune.Utf16SequenceLength;
            shadow.Append(rune.IsBmp ? (char)rune.Value : OfCategory(Rune.GetUnicodeCategory(rune)));
        }
        return (shadow.ToString(), [.. at, position]);
    }

    private static char OfCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u0100',
        UnicodeCategory.LowercaseLetter => '\u0101',
        UnicodeCategory.TitlecaseLetter => '\u01C5',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u4E00',
        UnicodeCategory.NonSpacingMark => '\u0300',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u2160',
        UnicodeCategory.OtherNumber => '\u2460',
        UnicodeCategory.MathSymbol => '\u2200',
        UnicodeCategory.CurrencySymbol => '\u20AC',
        UnicodeCategory.ModifierSymbol => '\u02C2',
        UnicodeCategory.OtherSymbol => '\u2600',
        UnicodeCategory.Format => '\u200B',
        UnicodeCategory.PrivateUse => '\uE000',
        UnicodeCategory.OtherNotAssigned => '\uFFFF',
        _ => '\u00A1', // punctuation of any kind
    };
}

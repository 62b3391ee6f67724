using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace QLoraGen.Tokenization;

/// <summary>A regular expression of a tokenizer, on texts of any characters.</summary>
internal sealed class WordPattern
{
    // The patterns come with the checkpoint: one that would run for ages ends in an error.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Compiling takes as long as interpreting this many characters does.
    private const long WorthCompiling = 200_000;

    private readonly string where;
    private volatile Regex regex;
    private long seen;

    /// <summary>A pattern of our own.</summary>
    public WordPattern(string pattern) : this(pattern, "pre_tokenizer")
    {
    }

    /// <summary>The pattern that stands in a field.</summary>
    /// <exception cref="QLoraException">.NET does not know it, or it cannot be applied to characters beyond U+FFFF.</exception>
    public WordPattern(JsonField field) : this(Checked(field), field.Where)
    {
    }

    private WordPattern(string pattern, string where)
    {
        this.where = where;
        try
        {
            regex = new(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException error)
        {
            throw new QLoraException($"{where}: a regular expression that .NET does not know: {error.Message}", error);
        }
    }

    /// <summary>Appends where each match begins and ends.</summary>
    /// <exception cref="QLoraException">The pattern takes more than two seconds to find one match.</exception>
    public void Find(string text, List<(int Start, int End)> matches)
    {
        (string shadow, int[]? at) = Shadow(text);
        if (Interlocked.Add(ref seen, text.Length) > WorthCompiling && !regex.Options.HasFlag(RegexOptions.Compiled))
        {
            regex = new(regex.ToString(), RegexOptions.CultureInvariant | RegexOptions.Compiled, Patience);
        }
        try
        {
            foreach (ValueMatch match in regex.EnumerateMatches(shadow))
            {
                (int start, int end) = (match.Index, match.Index + match.Length);
                matches.Add(at is null ? (start, end) : (at[start], at[end]));
            }
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new QLoraException($"{where}: the expression {error.Pattern} takes more than "
                + $"{Patience.TotalSeconds} s to find one word of a text; use one that does not backtrack.", error);
        }
    }

    /// <summary>The text with every match replaced.</summary>
    public string Replace(string text, string content)
    {
        List<(int Start, int End)> matches = [];
        Find(text, matches);
        StringBuilder result = new(text.Length);
        int from = 0;
        foreach ((int start, int end) in matches)
        {
            result.Append(text, from, start - from).Append(content);
            from = end;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }

    private static string Checked(JsonField field)
    {
        string pattern = field.AsString();
        return pattern.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
            ? throw field.Error("names characters beyond U+FFFF, which is not supported")
            : pattern;
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

using System.Globalization;
using System.Text;

namespace QLoraGen.Tokenization;

/// <summary>
/// The `normalizer` of a `tokenizer.json`: what is done to a text, apart from its added tokens, before it is cut into words. Types and
/// fields are those of Hugging Face's tokenizers; whatever is not known is refused by name.
/// </summary>
internal sealed class Normalizer
{
    private delegate string Step(string text, TextStart start);

    private readonly List<Step> steps = [];

    private Normalizer()
    {
    }

    /// <summary>Changes nothing.</summary>
    public static Normalizer None { get; } = new();

    /// <summary>One of Unicode's forms and nothing else.</summary>
    public static Normalizer Unicode(NormalizationForm form)
    {
        Normalizer normalizer = new();
        normalizer.Add(form);
        return normalizer;
    }

    /// <summary>Reads the field `normalizer`, which may be null.</summary>
    public static Normalizer Read(JsonField field)
    {
        Normalizer normalizer = new();
        foreach (JsonField part in TokenizerJson.Parts(field, "normalizers"))
        {
            normalizer.Add(part);
        }
        return normalizer;
    }

    /// <summary>The normalized text. A text that continues another gets no prefix.</summary>
    public string Apply(string text, TextStart start)
    {
        foreach (Step step in steps)
        {
            text = text.Length == 0 ? text : step(text, start);
        }
        return text;
    }

    private void Add(NormalizationForm form) => steps.Add((text, _) => UnicodeForms.Apply(text, form));

    private void Add(JsonField part)
    {
        switch (part["type"].AsString())
        {
            case "NFC":
                Add(NormalizationForm.FormC);
                break;
            case "NFD":
                Add(NormalizationForm.FormD);
                break;
            case "NFKC":
                Add(NormalizationForm.FormKC);
                break;
            case "NFKD":
                Add(NormalizationForm.FormKD);
                break;
            case "Lowercase":
                // U+0130 alone becomes two characters.
                steps.Add(static (text, _) => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal));
                break;
            case "StripAccents":
                steps.Add(static (text, _) => string.Concat(text.EnumerateRunes().Where(static rune =>
                    Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)));
                break;
            case "Strip":
                (bool left, bool right) = (part["strip_left"].AsBool(missing: true), part["strip_right"].AsBool(missing: true));
                steps.Add((text, _) => (left, right) switch
                {
                    (true, true) => text.Trim(),
                    (true, false) => text.TrimStart(),
                    (false, true) => text.TrimEnd(),
                    _ => text,
                });
                break;
            case "Prepend":
                string prefix = part["prepend"].AsString();
                steps.Add((text, start) => start == TextStart.Continued ? text : prefix + text);
                break;
            case "Replace":
                steps.Add(Replace(part));
                break;
            case "Precompiled":
                PrecompiledCharsmap map = PrecompiledCharsmap.Read(part["precompiled_charsmap"]);
                steps.Add((text, _) => map.ReplaceGraphemes(text));
                break;
            default:
                throw part["type"].Error($"only NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace, Precompiled and "
                    + $"Sequence are supported, found {TokenizerJson.Describe(part)}");
        }
    }

    private static Step Replace(JsonField part)
    {
        string content = part["content"].AsString();
        if (part["pattern"]["Regex"].Exists)
        {
            WordPattern pattern = new(part["pattern"]["Regex"]);
            return (text, _) => pattern.Replace(text, content);
        }
        string literal = part["pattern"]["String"].AsString();
        return literal.Length > 0
            ? (text, _) => text.Replace(literal, content, StringComparison.Ordinal)
            : throw part["pattern"]["String"].Error("must not be empty");
    }
}

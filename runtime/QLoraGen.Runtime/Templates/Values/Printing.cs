using System.Globalization;
using System.Text;

namespace QLoraGen.Templates;

/// <summary>How values are written, as Python's `str` and `repr` do it.</summary>
internal static class Printing
{
    /// <summary>A value as it appears in the text; what is undefined is nothing.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Repr(value),
    };

    /// <summary>A value as it appears inside a list.</summary>
    public static string Repr(object? value)
    {
        TemplateRun.RequireStack();
        return value switch
        {
            null => "None",
            bool truth => truth ? "True" : "False",
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => Float(number),
            string text => Quoted(text),
            TemplateList { IsTuple: true, Items: [var only] } => $"({Repr(only)},)",
            TemplateList { IsTuple: true } tuple => $"({string.Join(", ", tuple.Items.Select(Repr))})",
            TemplateList list => $"[{string.Join(", ", list.Items.Select(Repr))}]",
            TemplateDict dict => $"{{{string.Join(", ", dict.Entries.Select(static entry => $"{Repr(entry.Key)}: {Repr(entry.Value)}"))}}}",
            Undefined => "Undefined",
            _ => throw new TemplateFault($"a {Value.TypeName(value)} cannot be written"),
        };
    }

    /// <summary>A float in the fewest digits that give it again; from 1e16 up and below 1e-4 with an exponent.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        string shortest = number.ToString("E16", CultureInfo.InvariantCulture);
        for (int digits = 0; digits < 17; digits++)
        {
            shortest = number.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(shortest, CultureInfo.InvariantCulture) == number)
            {
                break;
            }
        }
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is < -4 or >= 16)
        {
            return $"{shortest[..mark]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        string sign = shortest[0] == '-' ? "-" : "";
        string figures = shortest[sign.Length..mark].Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{figures}";
        }
        figures = figures.PadRight(exponent + 2, '0');
        return $"{sign}{figures[..(exponent + 1)]}.{figures[(exponent + 1)..]}";
    }

    private static string Quoted(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        StringBuilder quoted = new StringBuilder(text.Length + 2).Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append(@"\n"),
                '\r' => quoted.Append(@"\r"),
                '\t' => quoted.Append(@"\t"),
                var code when code == quote => quoted.Append('\\').Append(quote),
                var code when IsPrintable(rune) => quoted.Append(rune.ToString()),
                var code and <= 0xFF => quoted.Append(CultureInfo.InvariantCulture, $@"\x{code:x2}"),
                var code and <= 0xFFFF => quoted.Append(CultureInfo.InvariantCulture, $@"\u{code:x4}"),
                var code => quoted.Append(CultureInfo.InvariantCulture, $@"\U{code:x8}"),
            };
        }
        return quoted.Append(quote).ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}

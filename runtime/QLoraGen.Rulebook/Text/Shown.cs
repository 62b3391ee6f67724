using System.Text;
using QLoraGen.Json;

namespace QLoraGen;

/// <summary>Text from a file as a message may show it: names in files are hostile, terminals obey escape sequences.</summary>
internal static class Shown
{
    private const int Longest = 120;

    /// <summary>A value of a JSON file as it is written there, on one line.</summary>
    public static string Value(string file, JsonNode value) => Quoted(string.Join(" ",
        file.Substring(value.Start, Math.Min(value.Length, 4 * Longest)).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>The text in quotes, without control characters and cut to a length a person reads.</summary>
    public static string Quoted(string text)
    {
        StringBuilder shown = new("'", Math.Min(text.Length, Longest) + 5);
        foreach (char c in text.Length > Longest ? text.Substring(0, Longest) : text)
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) || c is >= '\u200b' and <= '\u202e' ? '?' : c);
        }
        return shown.Append(text.Length > Longest ? "...'" : "'").ToString();
    }
}

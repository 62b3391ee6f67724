using System.Globalization;

namespace QLoraGen.Generators.Models;

/// <summary>Entries of [LoRA]'s RankPattern and AlphaPattern: <c>down_proj=32</c>, since attributes hold no dictionaries.</summary>
internal static class PatternEntry
{
    /// <summary>The entries that can be read, in order.</summary>
    public static IEnumerable<KeyValuePair<string, double>> Read(IEnumerable<string> entries) =>
        entries.Select(Read).Where(static entry => entry is not null).Select(static entry => entry!.Value);

    /// <summary>One entry; null where it is not of that form.</summary>
    public static KeyValuePair<string, double>? Read(string entry)
    {
        int equals = entry.LastIndexOf('=');
        return equals > 0 && double.TryParse(entry.Substring(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? new KeyValuePair<string, double>(entry.Substring(0, equals).Trim(), value)
            : null;
    }
}

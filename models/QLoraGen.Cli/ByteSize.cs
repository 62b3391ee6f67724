using System.Globalization;
using System.Text.RegularExpressions;

namespace QLoraGen.Cli;

/// <summary>Sizes as Transformers takes them: <c>5GB</c> is 5 times 10^9 bytes, <c>5GiB</c> 5 times 2^30.</summary>
internal static partial class ByteSize
{
    /// <summary>The bytes that an option's text means.</summary>
    public static long Parse(string option, string text)
    {
        Match match = Pattern().Match(text);
        double unit = match.Groups[2].Value.ToUpperInvariant() switch
        {
            "" => 1, "K" => 1e3, "M" => 1e6, "G" => 1e9, "T" => 1e12,
            "KI" => 1L << 10, "MI" => 1L << 20, "GI" => 1L << 30, "TI" => 1L << 40,
            _ => 0,
        };
        return match.Success && double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * unit is >= 1 and < long.MaxValue and var bytes
            ? (long)bytes
            : throw new QLoraException($"{option} is '{text}': give a size such as 5GB, 500MB or 2GiB.");
    }

    [GeneratedRegex(@"\A(\d{1,15}(?:\.\d{1,15})?)([KMGT]i?)?B?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace QLoraGen;

/// <summary>
/// How PEFT 0.19 matches names with the paths of layers. The compiler, which may not know how many blocks there are, writes
/// <c>*</c> for the number of a block: it matches any number.
/// </summary>
public static class LayerNames
{
    /// <summary>The most blocks for which a pattern is tried where their number is not known.</summary>
    private const int MostBlocks = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether an entry of a list means a layer: its full path, or the end of it from a dot on.</summary>
    public static bool Matches(string name, string path)
    {
        if (IsWord(name) && !path.EndsWith("*", StringComparison.Ordinal))
        {
            return EndsWith(path, name);
        }
        string[] names = name.Split('.'), parts = path.Split('.');
        int skipped = parts.Length - names.Length;
        return skipped >= 0 && names.Zip(parts.Skip(skipped), static (n, p) => n == p || (p == "*" && IsNumber(n))).All(static same => same);
    }

    /// <summary>Whether a regular expression means a layer: it fits the whole path.</summary>
    public static bool MatchesWhole(string pattern, string path) => 
        PythonPattern.ToDotNet(pattern) is { } net && Numbered(path).Any(candidate => Fits($@"\A(?:{net})\z", candidate));

    /// <summary>The entry of a rank or alpha pattern that holds for a layer, or null.</summary>
    public static KeyValuePair<string, T>? Pattern<T>(IReadOnlyList<KeyValuePair<string, T>> entries, string path)
    {
        foreach (KeyValuePair<string, T> entry in entries)
        {
            if (MatchesEnd(entry.Key, path))
            {
                return entry;
            }
        }
        return null;
    }

    /// <summary>Whether a key of a rank or alpha pattern means a layer: it fits the path, or the end of it from a dot on.</summary>
    public static bool MatchesEnd(string key, string path) => IsWord(key) && !path.EndsWith("*", StringComparison.Ordinal)
        ? EndsWith(path, key)
        : PythonPattern.ToDotNet(key) is { } net && Numbered(path).Any(candidate => Fits($@"\A(?:.*\.)?(?:{net})\z", candidate));

    /// <summary>Whether an entry of <c>modules_to_save</c> means a layer: the path of it, or of a module around it, ends so, at a dot or not.</summary>
    public static bool MatchesModule(string name, string path)
    {
        if (name.Length == 0)
        {
            return false;
        }
        for (int end = path.Length; end > 0; end = path.LastIndexOf('.', end - 1))
        {
            string module = path.Substring(0, end);
            if (module.EndsWith(name, StringComparison.Ordinal) || (module.Contains('*') && Matches(name, module)))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>
    /// Whether a layer is in one of the numbered blocks: the first number in its path with a name before it and anything before that,
    /// or with one of the given names before it.
    /// </summary>
    public static bool IsInBlocks(string path, IReadOnlyList<int> blocks, IReadOnlyList<string> names)
    {
        IEnumerable<string> before = names.Count == 0 ? [@"[^.]*"] : names;
        return before.Select(name => PythonPattern.ToDotNet(name) is { } net ? BlockOf($@"\A.*?\.{net}\.(?<block>\d+|\*)\.", path) : null)
            .FirstOrDefault(static number => number is not null) is { } found
            && (found == "*" || (int.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out int block) && blocks.Contains(block)));
    }

    /// <summary>Whether a text is a regular expression that can be used; a path is one, too.</summary>
    public static bool IsPattern(string pattern)
    {
        try
        {
            return PythonPattern.ToDotNet(pattern) is { } net && new Regex(net, RegexOptions.CultureInvariant) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // A pattern that backtracks without end matches nothing; one that cannot be read is reported as such.
    private static bool Fits(string pattern, string path)
    {
        try
        {
            return Regex.IsMatch(path, pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static string? BlockOf(string pattern, string path)
    {
        try
        {
            return Regex.Match(path, pattern, RegexOptions.CultureInvariant, Patience) is { Success: true } match ? match.Groups["block"].Value : null;
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Numbered(string path) => path.Contains(".*.")
        ? Enumerable.Range(0, MostBlocks).Select(i => path.Replace(".*.", $".{i.ToString(CultureInfo.InvariantCulture)}."))
        : [path];

    // Nearly every entry is one word, q_proj, and means the last name of a path: while somebody types, that is compared very often.
    private static bool IsWord(string entry) => entry.Length > 0 && entry.All(static c => c is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9'));

    private static bool EndsWith(string path, string word) =>
        path.EndsWith(word, StringComparison.Ordinal) && (path.Length == word.Length || path[path.Length - word.Length - 1] == '.');

    private static bool IsNumber(string text) => text.Length > 0 && text.All(static c => c is >= '0' and <= '9');
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace QLoraGen.Kernels.Tests.Gpu;

/// <summary>Counts instructions of a kernel's PTX, in all and in its innermost loops.</summary>
internal static partial class PtxStatistics
{
    /// <summary>A line for the whole, then one a loop that contains no other: its instructions, and how often each.</summary>
    public static string Of(string ptx)
    {
        string[] lines = ptx.Split('\n');
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"  in all: {lines.Sum(line => Instructions(line).Count())} instructions\n");
        Dictionary<string, int> labels = lines.Index().Where(line => line.Item.TrimEnd().EndsWith(':')).ToDictionary(line => line.Item.Trim().TrimEnd(':'), line => line.Index);
        List<(int From, int To)> loops = [];
        foreach ((int at, string line) in lines.Index())
        {
            Match branch = Branch().Match(line);
            if (branch.Success && labels.TryGetValue(branch.Groups[1].Value, out int target) && target < at)
            {
                loops.Add((target, at));
            }
        }
        foreach ((int from, int to) in loops.Where(loop => !loops.Any(other => other != loop && other.From >= loop.From && other.To <= loop.To)))
        {
            string[] opcodes = [.. lines[from..(to + 1)].SelectMany(Instructions)];
            IEnumerable<string> counts = opcodes.GroupBy(opcode => opcode).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"{group.Key} {group.Count()}");
            text.Append(CultureInfo.InvariantCulture, $"  loop of {opcodes.Length}: {string.Join(", ", counts)}\n");
        }
        return text.ToString();
    }

    private static IEnumerable<string> Instructions(string line) =>
        line.Contains(".entry", StringComparison.Ordinal) ? [] : Opcode().Matches(line).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"(?:^|[;{}])\s*(?:@!?%?\w+\s+)?([a-z][a-z0-9]*)(?=[.\s][^:]*;)")]
    private static partial Regex Opcode();

    [GeneratedRegex(@"\bbra\s+(\w+);")]
    private static partial Regex Branch();
}

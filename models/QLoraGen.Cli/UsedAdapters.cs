using System.CommandLine;
using System.Globalization;

namespace QLoraGen.Cli;

/// <summary>
/// The adapters that <c>generate</c> and <c>eval</c> use: none, one, several one after another, or several merged by weights. The model
/// is loaded once.
/// </summary>
internal static class UsedAdapters
{
    private const string Merged = "merged";

    private static readonly Option<string[]> Folders = new("--adapter")
    {
        Description = "An adapter that finetune or PEFT wrote, as DIR or NAME=DIR. Given several times: each is used in turn, or all by --adapter-weights.",
        HelpName = "[NAME=]DIR",
    };

    private static readonly Option<string?> Weights = new("--adapter-weights")
    {
        Description = "Merge the adapters: numbers joined by commas, in the order of --adapter, or NAME=X joined by commas.", HelpName = "LIST",
    };

    private static readonly Option<AdapterCombination> Combination = new("--combination-type")
    {
        Description = "How they are merged: svd (cut to the largest rank), cat (ranks add up) or linear, as PEFT's add_weighted_adapter.",
    };

    private static readonly Option<int?> SvdRank = new("--svd-rank") { Description = "Rank of adapters merged by svd. Default: the largest of theirs.", HelpName = "N" };

    /// <summary>All options.</summary>
    public static IReadOnlyList<Option> All { get; } = [Folders, Weights, Combination, SvdRank];

    /// <summary>Puts them on a model.</summary>
    /// <returns>Names to activate in turn; one null where there is no adapter.</returns>
    public static IReadOnlyList<string?> Load(ParseResult parsed, CausalLM model)
    {
        (string Name, string Folder)[] given = [.. (parsed.GetValue(Folders) ?? []).Select(Named)];
        string? weights = parsed.GetValue(Weights);
        if (given.GroupBy(static adapter => adapter.Name).FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            throw new QLoraException($"--adapter: two adapters are called '{twice.Key}': call one of them otherwise, by NAME=DIR.");
        }
        if (weights is null && All.Skip(1).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } alone)
        {
            throw new QLoraException($"{alone.Name} says how adapters are merged, but there are no --adapter-weights: give them too.");
        }
        foreach ((string name, string folder) in given)
        {
            PeftAdapter.Load(folder, model, name);
        }
        if (weights is null)
        {
            return given.Length == 0 ? [null] : [.. given.Select(static adapter => adapter.Name)];
        }
        WeightedAdapter.Add(model, Merged, WeightsOf(weights, given), parsed.GetValue(Combination), parsed.GetValue(SvdRank));
        return [Merged];
    }

    // A name is a word: a folder's path may hold the sign as well.
    private static (string Name, string Folder) Named(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && text[..equals].All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? (text[..equals], text[(equals + 1)..])
            : (Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(text))), text);
    }

    private static KeyValuePair<string, double>[] WeightsOf(string list, (string Name, string Folder)[] adapters)
    {
        string[] entries = list.Split(',', StringSplitOptions.TrimEntries);
        if (entries.Length != adapters.Length)
        {
            throw new QLoraException($"--adapter-weights has {entries.Length} entries, but --adapter is given {adapters.Length} times: give a weight for each.");
        }
        return [.. entries.Zip(adapters, static (entry, adapter) =>
        {
            int equals = entry.LastIndexOf('=');
            string name = equals < 0 ? adapter.Name : entry[..equals];
            return double.TryParse(entry[(equals + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double weight)
                ? new KeyValuePair<string, double>(name, weight)
                : throw new QLoraException($"--adapter-weights: '{entry}' is neither a number nor of the form NAME=number, such as style=0.7.");
        })];
    }
}

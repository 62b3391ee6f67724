using System.Globalization;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Binding;

/// <summary>Which layers of a bound model train.</summary>
/// <param name="layer">A layer, once for all its repetitions.</param>
/// <param name="trained">How many of its repetitions get an adapter.</param>
/// <param name="values">Values of all their A and B.</param>
/// <param name="reason">Why it trains or does not, for people.</param>
internal sealed class Coverage(BoundNode layer, long trained, long values, string reason)
{
    public BoundNode Layer { get; } = layer;

    public long Trained { get; } = trained;

    public long Values { get; } = values;

    public string Reason { get; } = reason;

    public static IEnumerable<Coverage> Of(IEnumerable<BoundNode> layers, LoraModel? lora) => layers.Select(layer => Of(layer, lora));

    private static Coverage Of(BoundNode layer, LoraModel? lora)
    {
        TargetLayer target = layer.Target!;
        if (!target.IsLinear)
        {
            return new Coverage(layer, 0, 0, "frozen: not linear");
        }
        if (lora is null)
        {
            return new Coverage(layer, 0, 0, "frozen: the class has no [LoRA]");
        }
        LoraConfig config = lora.ToConfig();
        string[] trained = [.. Paths(target.Path, layer.Counts).Where(path => config.Trains(target with { Path = path }))];
        long values = trained.Sum(path => checked(config.RankOf(path) * (target.InFeatures!.Value + target.OutFeatures!.Value)));
        string reason = trained.Length == layer.Repeats ? $"r = {Ranks(config, trained)}"
            : trained.Length > 0 ? $"r = {Ranks(config, trained)} in {trained.Length} of {layer.Repeats}"
            : !config.IsTargeted(target) ? target.FullPrecision && config.TargetModules.Count == 0 && config.TargetPattern is null
                ? "frozen: [FullPrecision]" : "frozen: not among the targets"
            : "frozen: excluded";
        return new Coverage(layer, trained.Length, values, reason);
    }

    private static string Ranks(LoraConfig config, string[] paths) =>
        string.Join(", ", paths.Select(config.RankOf).Distinct().Select(static r => r.ToString(CultureInfo.InvariantCulture)));

    /// <summary>A path for each repetition.</summary>
    private static IEnumerable<string> Paths(string path, EquatableArray<long> counts)
    {
        IEnumerable<string> paths = [path];
        foreach (long count in counts)
        {
            paths = paths.SelectMany(p => Enumerable.Range(0, checked((int)count)).Select(i => Numbered(p, i)));
        }
        return paths;
    }

    private static string Numbered(string path, int i)
    {
        int star = path.IndexOf(".*.", StringComparison.Ordinal);
        return $"{path.Substring(0, star)}.{i.ToString(CultureInfo.InvariantCulture)}.{path.Substring(star + 3)}";
    }
}

using System.Globalization;
using QLoraGen.Generators.Models;

namespace QLoraGen.Generators.Binding;

/// <summary>Which layers of a bound model train.</summary>
/// <param name="layer">A layer, once for all its repetitions.</param>
/// <param name="trained">How many of its repetitions train.</param>
/// <param name="values">All that is trained of them.</param>
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
        LoraConfig? config = lora?.ToConfig();
        TargetTensor[] tensors = [.. layer.Tensors.Select(static tensor => new TargetTensor(tensor.Key, tensor.Shape))];
        (TargetLayer Target, long Values)[] repetitions = [.. Paths(layer.Target!.Path, layer.Counts)
            .Select(path => layer.Target with { Path = path, Tensors = tensors })
            .Select(target => (target, config?.ValuesOf(target) ?? 0))];
        TargetLayer[] trained = [.. repetitions.Where(static each => each.Values > 0).Select(static each => each.Target)];
        string reason = trained.Length == 0 ? $"frozen: {string.Join(", ", repetitions.Select(each => WhyFrozen.Of(config, each.Target)).Distinct())}"
            : $"{What(config!, trained)}{(trained.Length < repetitions.Length ? $" in {trained.Length} of {repetitions.Length}" : "")}";
        return new Coverage(layer, trained.Length, repetitions.Sum(static each => each.Values), reason);
    }

    private static string What(LoraConfig config, TargetLayer[] trained) => trained.Where(config.Trains).ToArray() is { Length: > 0 } adapted
        ? $"r = {Ranks(config, adapted)}{(config.UseDora ? ", DoRA" : "")}"
        : config.TrainsWhole(trained[0].Path) ? "trained whole" : "its bias trains";

    private static string Ranks(LoraConfig config, IEnumerable<TargetLayer> layers) => string.Join(
        ", ", layers.Select(layer => config.RankOf(layer.Path)).Distinct().Select(static r => r.ToString(CultureInfo.InvariantCulture)));

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

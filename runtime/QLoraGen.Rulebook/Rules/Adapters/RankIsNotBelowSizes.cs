using System.Globalization;

namespace QLoraGen.Rules;

/// <summary>A rank that is no lower than the layer's own: the adapter costs more than the layer and can do no more.</summary>
public static class RankIsNotBelowSizes
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG302", "The rank is not below a layer's sizes", RuleSeverity.Warning,
        "{0} is {1}, but {2} has {3} inputs and {4} outputs: an adapter is low-rank below {5} only; use at most {6}.");

    /// <summary>Checks the ranks of the layers that get an adapter, where their sizes are known; each place of a rank is named once.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IEnumerable<TargetLayer> layers) =>
        from layer in layers
        where config.Trains(layer) && layer is { InFeatures: > 1, OutFeatures: > 1 }
        let smaller = Math.Min(layer.InFeatures!.Value, layer.OutFeatures!.Value)
        let rank = config.RankOf(layer.Path)
        where rank >= smaller
        let own = LayerNames.Pattern(config.RankPattern, layer.Path)
        let field = own is null ? "r" : $"rank_pattern.{own.Value.Key}"
        group (layer, smaller, rank) by field into place
        let worst = place.OrderBy(static fault => fault.smaller).First()
        select Rule.Broken(
            place.Key == "r" ? "r" : $"rank_pattern of {Shown.Quoted(place.Key.Substring("rank_pattern.".Length))}", worst.rank,
            Shown.Quoted(worst.layer.Path), worst.layer.InFeatures, worst.layer.OutFeatures, worst.smaller, Lower(worst.smaller))
            with { Field = place.Key, Fix = place.Key == "r" ? Lower(worst.smaller).ToString(CultureInfo.InvariantCulture) : null };

    // The largest power of two below: ranks are powers of two by custom.
    private static long Lower(long size)
    {
        long power = 1;
        while (power * 2 < size)
        {
            power *= 2;
        }
        return power;
    }
}

using QLoraGen.Checkpoints;

namespace QLoraGen.Cli.Inspection;

/// <summary>A layer: what of it lies in the region, and what trains on it.</summary>
/// <param name="Path">The checkpoint's path of it.</param>
/// <param name="Kind">Its class.</param>
/// <param name="Tensors">Its frozen tensors, the weight first.</param>
/// <param name="Adapter">The adapter that it gets, or null.</param>
/// <param name="Reason">Why it gets none; null where it gets one.</param>
internal sealed record InspectedLayer(string Path, string Kind, IReadOnlyList<LayoutEntry> Tensors, InspectedAdapter? Adapter, string? Reason)
{
    public long Bytes => Tensors.Sum(static tensor => tensor.Slot.Length);

    public long Trainable => Adapter?.Values ?? 0;

    /// <summary>Every layer of a model, in the order of the region; no weights are needed.</summary>
    public static IReadOnlyList<InspectedLayer> Of(CausalLM model, QuantFormat? format, LoraConfig config, Checkpoint? checkpoint = null)
    {
        var targets = AdapterTargets.Of(model).Layers.ToDictionary(static layer => layer.Path);
        return
        [
            .. QuantStateLayout.For(model, format, checkpoint).Entries.GroupBy(static entry => entry.Tensor.Owner).Select(layer =>
            {
                LayoutEntry[] tensors = [.. layer];
                TargetLayer target = targets[tensors[0].Name[..^(tensors[0].Tensor.Name.Length + 1)]];
                InspectedAdapter? adapter = InspectedAdapter.Of(config, target);
                return new InspectedLayer(
                    target.Path, layer.Key.GetType().Name, tensors, adapter, adapter is null ? WhyFrozen.Of(config, target) : null);
            }),
        ];
    }

    /// <summary>Whether nothing but the place of two layers differs.</summary>
    public bool IsLike(InspectedLayer other) =>
        (Kind, Adapter, Reason) == (other.Kind, other.Adapter, other.Reason) && Tensors.Count == other.Tensors.Count
        && Tensors.Zip(other.Tensors).All(static pair => IsLike(pair.First, pair.Second));

    private static bool IsLike(LayoutEntry a, LayoutEntry b) =>
        (a.Tensor.Name, a.Format, a.DType) == (b.Tensor.Name, b.Format, b.DType) && a.Tensor.Shape.SequenceEqual(b.Tensor.Shape);
}

/// <summary>What trains on a layer.</summary>
/// <param name="R">Rank of an adapter; null where the layer, or its bias, trains without one.</param>
/// <param name="Alpha">Numerator of its scale, or null.</param>
/// <param name="Kind">What trains, in a few words: <c>LoRA</c>, <c>DoRA</c>, <c>whole</c>, <c>bias</c>.</param>
/// <param name="Values">All that is trained.</param>
internal sealed record InspectedAdapter(int? R, double? Alpha, string Kind, long Values)
{
    /// <summary>Null where nothing trains.</summary>
    public static InspectedAdapter? Of(LoraConfig config, TargetLayer layer)
    {
        if (config.ValuesOf(layer) is not (> 0 and var values))
        {
            return null;
        }
        return config.Trains(layer)
            ? new InspectedAdapter(config.RankOf(layer.Path), config.AlphaOf(layer.Path), config.UseDora ? "DoRA" : "LoRA", values)
            : new InspectedAdapter(null, null, config.TrainsWhole(layer.Path) ? "whole" : "bias", values);
    }
}

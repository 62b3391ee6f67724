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
                string? reason = WhyFrozen.Of(config, target);
                return new InspectedLayer(
                    target.Path, layer.Key.GetType().Name, tensors, reason is null ? InspectedAdapter.Of(config, target) : null, reason);
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
/// <param name="R">Rank.</param>
/// <param name="Alpha">Numerator of the scale.</param>
/// <param name="Values">Of A and B.</param>
internal sealed record InspectedAdapter(int R, double Alpha, long Values)
{
    public static InspectedAdapter Of(LoraConfig config, TargetLayer layer) =>
        new(config.RankOf(layer.Path), config.AlphaOf(layer.Path), config.ValuesOf(layer));
}

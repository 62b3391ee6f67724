namespace QLoraGen.Rules;

/// <summary>A number in layers_to_transform that no targeted layer's block has. PEFT passes over it in silence.</summary>
public static class BlockMatchesNothing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG318", "A number in layers_to_transform matches no block", RuleSeverity.Error,
        "layers_to_transform: no target is in block {0}{1}: blocks are numbered from 0 on.");

    /// <summary>Checks each number on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        TargetLayer[] targets = [.. layers.Where(config.IsTargeted)];
        for (int i = 0; i < config.LayersToTransform.Count && targets.Length > 0; i++)
        {
            if (!targets.Any(layer => LayerNames.IsInBlocks(layer.Path, [config.LayersToTransform[i]], config.LayersPattern)))
            {
                yield return Rule.Broken(
                    config.LayersToTransform[i], config.LayersPattern.Count == 0 ? "" : $" of {string.Join(", ", config.LayersPattern.Select(Shown.Quoted))}")
                    with { Field = $"layers_to_transform[{i}]" };
            }
        }
    }
}

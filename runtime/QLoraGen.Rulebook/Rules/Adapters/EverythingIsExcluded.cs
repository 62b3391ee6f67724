namespace QLoraGen.Rules;

/// <summary>Exclusions that leave nothing to train.</summary>
public static class EverythingIsExcluded
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG312", "Every target is excluded", RuleSeverity.Error,
        "exclude_modules leaves none of the {0} targeted layers: nothing would be trained; exclude less, or target more.");

    /// <summary>Checks what is left.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        TargetLayer[] targets = [.. layers.Where(config.IsTargeted)];
        if (targets.Length > 0 && targets.All(layer => config.IsExcluded(layer.Path)))
        {
            yield return Rule.Broken(targets.Length) with { Field = "exclude_modules" };
        }
    }
}

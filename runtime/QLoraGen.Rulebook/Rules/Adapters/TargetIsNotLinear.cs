namespace QLoraGen.Rules;

/// <summary>A target that names a layer which low-rank adapters cannot train.</summary>
public static class TargetIsNotLinear
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG309", "A target is not linear", RuleSeverity.Error,
        "target_modules: {0} matches {1}, which is neither linear nor an embedding: adapters train {2}.");

    /// <summary>Checks each entry on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        for (int i = 0; i < config.TargetModules.Count; i++)
        {
            string name = config.TargetModules[i];
            if (layers.FirstOrDefault(layer => !layer.CanAdapt && LayerNames.Matches(name, layer.Path)) is { } other)
            {
                yield return Rule.Broken(
                    Shown.Quoted(name), Shown.Quoted(other.Path), string.Join(", ", LastNames.Of(layers.Where(static layer => layer.CanAdapt))))
                    with { Field = $"target_modules[{i}]" };
            }
        }
    }
}

namespace QLoraGen.Rules;

/// <summary>A layer that would be trained twice: by an adapter, and whole.</summary>
public static class TargetIsAlsoSaved
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG310", "A target is in modules_to_save too", RuleSeverity.Error,
        "modules_to_save: {0} is {1}, which target_modules names as well: it cannot be adapted and trained whole; take it out of one of them.");

    /// <summary>Checks each entry of modules_to_save, where targets are named one by one.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        for (int i = 0; i < config.ModulesToSave.Count && config.TargetModules.Count > 0; i++)
        {
            string name = config.ModulesToSave[i];
            if (layers.FirstOrDefault(layer => config.IsTargeted(layer) && !config.IsExcluded(layer.Path) && LayerNames.MatchesModule(name, layer.Path)) is { } both)
            {
                yield return Rule.Broken(Shown.Quoted(name), Shown.Quoted(both.Path)) with { Field = $"modules_to_save[{i}]" };
            }
        }
    }
}

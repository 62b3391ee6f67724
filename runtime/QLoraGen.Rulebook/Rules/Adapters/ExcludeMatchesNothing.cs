namespace QLoraGen.Rules;

/// <summary>An exclusion that no layer has the name of: what it was meant to spare is trained. PEFT lets one be that spares what is no target.</summary>
public static class ExcludeMatchesNothing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG306", "An exclusion matches no layer", RuleSeverity.Error,
        "exclude_modules: {0} matches no layer of the model.{1} Its linear layers are {2}.");

    /// <summary>Checks each entry on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        for (int i = 0; i < config.ExcludeModules.Count; i++)
        {
            string name = config.ExcludeModules[i];
            if (!layers.Any(layer => LayerNames.Matches(name, layer.Path)))
            {
                yield return Broken(name, $"exclude_modules[{i}]", layers);
            }
        }
        if (config.ExcludePattern is { } pattern && LayerNames.IsPattern(pattern)
            && !layers.Any(layer => LayerNames.MatchesWhole(pattern, layer.Path)))
        {
            yield return Broken(pattern, "exclude_modules", layers) with { Fix = null };
        }
    }

    private static Fault Broken(string name, string field, IReadOnlyList<TargetLayer> layers)
    {
        string[] known = LastNames.Of(layers.Where(static layer => layer.IsLinear));
        string? nearest = Nearest.To(name, known);
        return Rule.Broken(Shown.Quoted(name), nearest is null ? "" : $" Did you mean '{nearest}'?", string.Join(", ", known))
            with { Field = field, Fix = nearest };
    }
}

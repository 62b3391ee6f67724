namespace QLoraGen.Rules;

/// <summary>An exclusion that no targeted layer has the name of: what it was meant to spare is trained.</summary>
public static class ExcludeMatchesNothing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG306", "An exclusion matches no target", RuleSeverity.Error,
        "exclude_modules: {0} matches no targeted layer.{1} The targets are {2}.");

    /// <summary>Checks each entry on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers)
    {
        TargetLayer[] targets = [.. layers.Where(config.IsTargeted)];
        if (targets.Length == 0)
        {
            yield break;   // which is the targets' fault
        }
        for (int i = 0; i < config.ExcludeModules.Count; i++)
        {
            string name = config.ExcludeModules[i];
            if (!targets.Any(layer => LayerNames.Matches(name, layer.Path)))
            {
                yield return Broken(name, $"exclude_modules[{i}]", targets);
            }
        }
        if (config.ExcludePattern is { } pattern && LayerNames.IsPattern(pattern)
            && !targets.Any(layer => LayerNames.MatchesWhole(pattern, layer.Path)))
        {
            yield return Broken(pattern, "exclude_modules", targets) with { Fix = null };
        }
    }

    private static Fault Broken(string name, string field, TargetLayer[] targets)
    {
        string[] known = LastNames.Of(targets);
        string? nearest = Nearest.To(name, known);
        return Rule.Broken(Shown.Quoted(name), nearest is null ? "" : $" Did you mean '{nearest}'?", string.Join(", ", known))
            with { Field = field, Fix = nearest };
    }
}

namespace QLoraGen.Rules;

/// <summary>Keys of rank_pattern and alpha_pattern that mean no trained layer.</summary>
internal static class PatternKeys
{
    public static IEnumerable<Fault> Unmatched(LoraConfig config, string[] keys, string field, Rule rule, IReadOnlyList<TargetLayer> layers)
    {
        TargetLayer[] trained = [.. layers.Where(config.Trains)];
        if (trained.Length == 0)
        {
            yield break;   // which is the targets' fault
        }
        string[] known = LastNames.Of(trained);
        foreach (string key in keys.Where(LayerNames.IsPattern))
        {
            if (!trained.Any(layer => LayerNames.MatchesEnd(key, layer.Path)))
            {
                string? nearest = Nearest.To(key, known);
                yield return rule.Broken(Shown.Quoted(key), nearest is null ? "" : $" Did you mean '{nearest}'?", string.Join(", ", known))
                    with { Field = $"{field}.{key}" };
            }
        }
    }
}

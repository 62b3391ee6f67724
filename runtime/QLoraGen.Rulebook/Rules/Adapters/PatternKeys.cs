namespace QLoraGen.Rules;

/// <summary>Keys of rank_pattern and alpha_pattern that mean no linear layer. One for a layer that is not trained says nothing and harms nothing.</summary>
internal static class PatternKeys
{
    public static IEnumerable<Fault> Unmatched(string[] keys, string field, Rule rule, IReadOnlyList<TargetLayer> layers)
    {
        TargetLayer[] linear = [.. layers.Where(static layer => layer.IsLinear)];
        string[] known = LastNames.Of(linear);
        foreach (string key in keys.Where(LayerNames.IsPattern))
        {
            if (!linear.Any(layer => LayerNames.MatchesEnd(key, layer.Path)))
            {
                string? nearest = Nearest.To(key, known);
                yield return rule.Broken(Shown.Quoted(key), nearest is null ? "" : $" Did you mean '{nearest}'?", string.Join(", ", known))
                    with { Field = $"{field}.{key}" };
            }
        }
    }
}

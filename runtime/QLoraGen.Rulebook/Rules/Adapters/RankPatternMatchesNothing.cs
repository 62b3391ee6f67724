namespace QLoraGen.Rules;

/// <summary>A key of rank_pattern that no trained layer has the name of: its rank is used nowhere.</summary>
public static class RankPatternMatchesNothing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG307", "A key of rank_pattern matches no target", RuleSeverity.Error,
        "rank_pattern: {0} matches no trained layer.{1} The trained layers are {2}.");

    /// <summary>Checks each key on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers) =>
        PatternKeys.Unmatched(config, [.. config.RankPattern.Select(static entry => entry.Key)], "rank_pattern", Rule, layers);
}

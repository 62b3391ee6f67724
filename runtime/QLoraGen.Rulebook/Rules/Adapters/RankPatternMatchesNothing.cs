namespace QLoraGen.Rules;

/// <summary>A key of rank_pattern that no linear layer has the name of: its rank is used nowhere.</summary>
public static class RankPatternMatchesNothing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG307", "A key of rank_pattern matches no layer", RuleSeverity.Error,
        "rank_pattern: {0} matches no linear layer of the model.{1} Its linear layers are {2}.");

    /// <summary>Checks each key on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers) =>
        PatternKeys.Unmatched([.. config.RankPattern.Select(static entry => entry.Key)], "rank_pattern", Rule, layers);
}

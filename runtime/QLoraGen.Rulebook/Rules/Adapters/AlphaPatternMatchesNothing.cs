namespace QLoraGen.Rules;

/// <summary>A key of alpha_pattern that no linear layer has the name of: its alpha is used nowhere.</summary>
public static class AlphaPatternMatchesNothing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG308", "A key of alpha_pattern matches no layer", RuleSeverity.Error,
        "alpha_pattern: {0} matches no linear layer of the model.{1} Its linear layers are {2}.");

    /// <summary>Checks each key on its own.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers) =>
        PatternKeys.Unmatched([.. config.AlphaPattern.Select(static entry => entry.Key)], "alpha_pattern", Rule, layers);
}

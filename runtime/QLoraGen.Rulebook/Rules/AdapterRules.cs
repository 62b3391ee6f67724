namespace QLoraGen.Rules;

/// <summary>All that is wrong with a config of adapters.</summary>
public static class AdapterRules
{
    /// <summary>What is wrong whatever the model.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config) =>
    [
        .. RankIsBelowOne.Check(config), .. AlphaIsNotPositive.Check(config), .. DropoutIsOutOfRange.Check(config), .. PatternCannotBeRead.Check(config),
        .. PeftRefuses.Check(config),
    ];

    /// <summary>What is wrong, also for a model with these layers.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers) =>
    [
        .. Check(config),
        .. TargetMatchesNothing.Check(config, layers), .. TargetIsNotLinear.Check(config, layers),
        .. ExcludeMatchesNothing.Check(config, layers), .. EverythingIsExcluded.Check(config, layers),
        .. RankPatternMatchesNothing.Check(config, layers), .. AlphaPatternMatchesNothing.Check(config, layers),
        .. TargetIsAlsoSaved.Check(config, layers), .. SavedModuleMatchesNothing.Check(config, layers), .. BlockMatchesNothing.Check(config, layers),
        .. PeftRefuses.Check(config, layers), .. RankIsNotBelowSizes.Check(config, layers),
    ];
}

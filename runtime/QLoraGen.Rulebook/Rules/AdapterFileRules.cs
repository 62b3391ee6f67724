using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>All that is wrong with an adapter_config.json.</summary>
public static class AdapterFileRules
{
    /// <summary>Every rule that can be broken in one.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        IsNotJson.Rule, KeyIsUnknown.Rule, ValueHasWrongType.Rule, KeyIsMissing.Rule, ContradictsAttribute.Rule,
        RankIsBelowOne.Rule, RankIsNotBelowSizes.Rule, AlphaIsNotPositive.Rule, DropoutIsOutOfRange.Rule, TargetMatchesNothing.Rule,
        ExcludeMatchesNothing.Rule, RankPatternMatchesNothing.Rule, AlphaPatternMatchesNothing.Rule, TargetIsNotLinear.Rule,
        TargetIsAlsoSaved.Rule, PeftRefuses.Rule, EverythingIsExcluded.Rule, PatternCannotBeRead.Rule, FieldIsNotSupported.Rule,
        SavedModuleMatchesNothing.Rule, BlockMatchesNothing.Rule,
    ];

    /// <summary>Checks a file.</summary>
    /// <param name="text">What it holds.</param>
    /// <param name="layers">The model's layers; null where the model is not known.</param>
    /// <param name="declared">What a class's [LoRA] says, with its name, to hold the file against.</param>
    /// <param name="isNew">Whether new adapters are to be made as it says; else it is a saved adapter's.</param>
    public static IReadOnlyList<PlacedFault> Check(
        string text, IReadOnlyList<TargetLayer>? layers, (string Model, LoraConfig Config)? declared = null, bool isNew = false)
    {
        if (IsNotJson.Check(text, out JsonNode? root) is { } broken)
        {
            return [broken];
        }
        if (!AdapterConfigFile.IsLora(root!))
        {
            return [.. FieldIsNotSupported.Check(root!, text).Select(fault => PlacedFault.ByField(root!, fault))];
        }
        PlacedFault[] keys = [.. ValueHasWrongType.CheckAdapter(root!, text), .. KeyIsMissing.CheckAdapter(root!), .. KeyIsUnknown.CheckAdapter(root!)];
        // Values are judged where all of them can be read.
        return keys.Any(static fault => fault.Fault.Rule == ValueHasWrongType.Rule) ? keys
            : [.. keys, .. Values(root!, text, layers, declared, keys, isNew).Select(fault => PlacedFault.ByField(root!, fault))];
    }

    private static List<Fault> Values(
        JsonNode root, string text, IReadOnlyList<TargetLayer>? layers, (string Model, LoraConfig Config)? declared, IEnumerable<PlacedFault> found, bool isNew)
    {
        LoraConfig config = AdapterConfigFile.Read(root);
        List<Fault> faults = [.. layers is null ? AdapterRules.Check(config) : AdapterRules.Check(config, layers), .. PeftRefuses.Check(root)];
        // One fault a field is enough: of what is wrong already, it need not be said that it is not supported or differs.
        HashSet<string> wrong = [.. faults.Concat(found.Select(static fault => fault.Fault)).Select(static fault => fault.Field.Split('.', '[')[0])];
        faults.AddRange(FieldIsNotSupported.Check(root, text, isNew).Where(fault => !wrong.Contains(fault.Field)));
        if (declared is { } attribute)
        {
            faults.AddRange(ContradictsAttribute.Check(root, config, attribute.Config, attribute.Model, layers).Where(fault => !wrong.Contains(fault.Field)));
        }
        return faults;
    }
}

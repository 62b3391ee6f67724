using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>Fields that are right each on its own, but that PEFT does not take together.</summary>
public static class PeftRefuses
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG311", "A combination that PEFT refuses", RuleSeverity.Error, "{0} does not go with {1}, and PEFT refuses it: {2}.");

    /// <summary>Checks a config.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config)
    {
        bool isText = config.TargetPattern is not null, inBlocks = config.LayersToTransform.Count > 0, named = config.LayersPattern.Count > 0;
        return Broken(
            ("layers_to_transform", "a target_modules that is no list", inBlocks && isText, "name the layers in a list, or their numbers in the expression"),
            ("layers_pattern", "a target_modules that is no list", named && isText, "name the layers in a list"),
            ("layers_pattern", "a missing layers_to_transform", named && !inBlocks && !isText, "add layers_to_transform, or remove layers_pattern"),
            ("lora_bias", "use_dora", config.LoraBias && config.UseDora, "remove one of them"),
            ("lora_bias", "this init_lora_weights", config.LoraBias && config.InitLoraWeights is not (LoraStart.Default or LoraStart.Random),
                "use true or false there"));
    }

    /// <summary>Checks a config for a model with these layers.</summary>
    public static IEnumerable<Fault> Check(LoraConfig config, IReadOnlyList<TargetLayer> layers) => Broken(
        ("lora_bias", "an embedding among the targets", config.LoraBias && layers.Any(layer => layer.IsEmbedding && config.Trains(layer)), "remove one of them"));

    /// <summary>Checks what a file alone can say, whose values have the right types.</summary>
    public static IEnumerable<Fault> Check(JsonNode root)
    {
        bool allLinear = root["target_modules"]?.Value is Configs.AdapterConfigFile.AllLinear;
        return Broken(
            ("layers_to_transform", "a target_modules that is no list", IsThere("layers_to_transform") && allLinear, "name the layers in a list"),
            ("layers_pattern", "a target_modules that is no list", IsThere("layers_pattern") && allLinear, "name the layers in a list"),
            ("use_dora", "megatron_config", IsSet("use_dora") && IsSet("megatron_config"), "remove one of them"));

        bool IsThere(string field) => root[field] is { Kind: not JsonKind.Null };

        bool IsSet(string field) => root[field] is { } value && !KeyIsUnknown.SaysNothing(value);
    }

    private static IEnumerable<Fault> Broken(params (string Field, string Other, bool Both, string Fix)[] combinations) => combinations
        .Where(static combination => combination.Both)
        .Select(static combination => Rule.Broken(combination.Field, combination.Other, combination.Fix) with { Field = combination.Field });
}

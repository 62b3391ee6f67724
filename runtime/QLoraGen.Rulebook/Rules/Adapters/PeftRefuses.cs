using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>Fields of an adapter_config.json that are right each on its own, but that PEFT does not take together.</summary>
public static class PeftRefuses
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG311", "A combination that PEFT refuses", RuleSeverity.Error, "{0} does not go with {1}, and PEFT refuses it: {2}.");

    /// <summary>Checks a file whose values have the right types.</summary>
    public static IEnumerable<Fault> Check(JsonNode root)
    {
        (string Field, string Other, bool Both, string Fix)[] combinations =
        [
            ("layers_to_transform", "a regular expression in target_modules", IsSet("layers_to_transform") && HasPattern(root),
                "name the layers in a list, or their numbers in the expression"),
            ("layers_pattern", "a regular expression in target_modules", IsSet("layers_pattern") && HasPattern(root), "name the layers in a list"),
            ("layers_pattern", "a missing layers_to_transform", IsSet("layers_pattern") && !IsSet("layers_to_transform") && !HasPattern(root),
                "add layers_to_transform, or remove layers_pattern"),
            ("use_dora", "megatron_config", IsSet("use_dora") && IsSet("megatron_config"), "remove one of them"),
            ("lora_bias", "use_dora", IsSet("lora_bias") && IsSet("use_dora"), "remove one of them"),
            ("lora_bias", "this init_lora_weights", IsSet("lora_bias") && root["init_lora_weights"] is { Kind: JsonKind.Text },
                "use true or false there"),
            ("loftq_config", "this init_lora_weights", IsSet("loftq_config") && root["init_lora_weights"]?.Value is not "loftq",
                "use \"loftq\" there, or remove loftq_config"),
        ];
        return combinations.Where(static combination => combination.Both)
            .Select(static combination => Rule.Broken(combination.Field, combination.Other, combination.Fix) with { Field = combination.Field });

        bool IsSet(string field) => root[field] is { } value && !KeyIsUnknown.SaysNothing(value);
    }

    private static bool HasPattern(JsonNode root) => root["target_modules"] is { Value: string text } && text != AdapterConfigFile.AllLinear;
}

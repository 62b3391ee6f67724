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
            ("layers_to_transform", "a target_modules that is no list", IsThere("layers_to_transform") && IsText("target_modules"),
                "name the layers in a list, or their numbers in the expression"),
            ("layers_pattern", "a target_modules that is no list", IsThere("layers_pattern") && IsText("target_modules"), "name the layers in a list"),
            ("layers_pattern", "a missing layers_to_transform", IsSet("layers_pattern") && !IsSet("layers_to_transform") && !IsText("target_modules"),
                "add layers_to_transform, or remove layers_pattern"),
            ("use_dora", "megatron_config", IsSet("use_dora") && IsSet("megatron_config"), "remove one of them"),
            ("lora_bias", "use_dora", IsSet("lora_bias") && IsSet("use_dora"), "remove one of them"),
            ("lora_bias", "this init_lora_weights", IsSet("lora_bias") && IsText("init_lora_weights"), "use true or false there"),
        ];
        return combinations.Where(static combination => combination.Both)
            .Select(static combination => Rule.Broken(combination.Field, combination.Other, combination.Fix) with { Field = combination.Field });

        bool IsThere(string field) => root[field] is { Kind: not JsonKind.Null };

        bool IsSet(string field) => root[field] is { } value && !KeyIsUnknown.SaysNothing(value);

        bool IsText(string field) => root[field]?.Kind == JsonKind.Text;
    }
}

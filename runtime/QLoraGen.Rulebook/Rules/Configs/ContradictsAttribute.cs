using System.Globalization;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>An adapter_config.json that says something else than the [LoRA] of its model's class.</summary>
public static class ContradictsAttribute
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG404", "The file contradicts [LoRA]", RuleSeverity.Warning, "{0} is {1} here, but {2} in the [LoRA] of '{3}': make them the same.");

    /// <summary>Checks the fields that both have.</summary>
    /// <param name="root">The file.</param>
    /// <param name="config">What it says.</param>
    /// <param name="declared">What the attribute says.</param>
    /// <param name="model">Name of the class.</param>
    /// <param name="layers">The model's; null where they are not known.</param>
    public static IEnumerable<Fault> Check(JsonNode root, LoraConfig config, LoraConfig declared, string model, IReadOnlyList<TargetLayer>? layers)
    {
        (string Field, bool Same, string Here, string There)[] fields =
        [
            ("r", config.R == declared.R, Text(config.R), Text(declared.R)),
            ("lora_alpha", config.LoraAlpha.Equals(declared.LoraAlpha), Text(config.LoraAlpha), Text(declared.LoraAlpha)),
            ("lora_dropout", config.LoraDropout.Equals(declared.LoraDropout), Text(config.LoraDropout), Text(declared.LoraDropout)),
            ("use_rslora", config.UseRslora == declared.UseRslora, Text(config.UseRslora), Text(declared.UseRslora)),
            ("use_dora", config.UseDora == declared.UseDora, Text(config.UseDora), Text(declared.UseDora)),
            ("lora_bias", config.LoraBias == declared.LoraBias, Text(config.LoraBias), Text(declared.LoraBias)),
            ("bias", config.Bias == declared.Bias, config.Bias.FieldValue(), declared.Bias.FieldValue()),
            ("target_modules", SameTargets(config, declared, layers), Targets(config), Targets(declared)),
        ];
        return fields.Where(field => root[field.Field] is not null && !field.Same)
            .Select(field => Rule.Broken(field.Field, field.Here, field.There, model) with { Field = field.Field });
    }

    // Other names may mean the same layers; without the layers only names can be compared with names.
    private static bool SameTargets(LoraConfig config, LoraConfig declared, IReadOnlyList<TargetLayer>? layers) => layers is not null
        ? layers.All(layer => config.IsTargeted(layer) == declared.IsTargeted(layer))
        : config.TargetModules.Count == 0 || declared.TargetModules.Count == 0
            || new HashSet<string>(config.TargetModules).SetEquals(declared.TargetModules);

    private static string Targets(LoraConfig config) => config switch
    {
        { TargetPattern: { } pattern } => Shown.Quoted(pattern),
        { TargetModules.Count: > 0 } => string.Join(", ", config.TargetModules.Select(Shown.Quoted)),
        _ => "all-linear",
    };

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}

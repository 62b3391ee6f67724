using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A setting that changes what a model computes, and that its class does not read: results would be silently wrong.</summary>
public static class SettingIsNotComputed
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG412", "A setting that the model does not compute", RuleSeverity.Error,
        "The key {0} has the value {1}, which changes every result, and the model's class does not read it: use a class that does, or, where the weights allow it, {2}.");

    // With the value at which each changes nothing.
    private static readonly (string Key, string Neutral)[] settings =
    [
        ("add_cross_attention", "false"), ("alibi", "false"), ("attention_bias", "false"), ("attention_multiplier", "null"),
        ("attn_logit_softcapping", "null"), ("clip_qkv", "null"), ("embedding_multiplier", "1"), ("final_logit_softcapping", "null"),
        ("logit_scale", "1"), ("logits_scaling", "1"), ("mlp_bias", "false"), ("partial_rotary_factor", "1"), ("qk_layernorm", "false"),
        ("qkv_bias", "false"), ("query_pre_attn_scalar", "null"), ("residual_multiplier", "1"), ("rope_scaling", "null"), ("rotary_pct", "1"),
        ("scale_attn_by_inverse_layer_idx", "false"), ("use_bidirectional_attention", "false"), ("use_qk_norm", "false"), ("use_sliding_window", "false"),
    ];

    /// <summary>Checks a config.json.</summary>
    /// <param name="root">The file.</param>
    /// <param name="schema">What the model's configuration reads.</param>
    /// <param name="text">The file as it is written.</param>
    public static IEnumerable<PlacedFault> Check(JsonNode root, ConfigSchema schema, string text) =>
        from setting in settings
        let value = root[setting.Key]
        where value is not null && !IsNeutral(value, setting.Neutral) && schema.Keys.All(key => key.Name != setting.Key && key.Name != OtherNameOf(setting.Key))
        select PlacedFault.On(value, Rule.Broken(
            Shown.Quoted(setting.Key), Shown.Value(text, value), $"set it to {setting.Neutral}") with { Field = setting.Key });

    // Transformers writes both into the configs of GPT-NeoX.
    private static string OtherNameOf(string key) => key switch
    {
        "partial_rotary_factor" => "rotary_pct",
        "rotary_pct" => "partial_rotary_factor",
        _ => key,
    };

    private static bool IsNeutral(JsonNode value, string neutral) => value switch
    {
        { Kind: JsonKind.Null } or { Value: false } => true,
        { Value: long number } => neutral == "1" && number == 1,
        { Value: double number } => neutral == "1" && number == 1,
        { Kind: JsonKind.Object } => (value["rope_type"] ?? value["type"]) is { Value: "default" },
        _ => false,
    };
}

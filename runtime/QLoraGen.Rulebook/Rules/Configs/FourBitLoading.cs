using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A config.json's quantization_config that loads in 4 bits and leaves something to bitsandbytes' defaults.</summary>
internal static class FourBitLoading
{
    /// <summary>The fault on the name load_in_4bit, where a key is left out; what is written down was meant.</summary>
    public static IEnumerable<PlacedFault> Without(string key, JsonNode root, Rule rule) =>
        root["quantization_config"] is { } settings && settings[key] is null
        && settings.Members.FirstOrDefault(static member => member is { Name: "load_in_4bit", Value.Value: true }) is { } load
            ? [PlacedFault.On(load, rule.Broken() with { Field = $"quantization_config.{key}" })]
            : [];
}

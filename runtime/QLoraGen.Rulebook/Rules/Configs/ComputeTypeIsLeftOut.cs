using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>4-bit loading whose type of computation nobody chose: bitsandbytes takes float32, which is slow and large.</summary>
public static class ComputeTypeIsLeftOut
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG406", "4 bits silently compute in float32", RuleSeverity.Warning,
        "load_in_4bit without bnb_4bit_compute_dtype computes in float32: add \"bnb_4bit_compute_dtype\": \"bfloat16\", or \"float32\" where that is meant.");

    /// <summary>Checks a config.json.</summary>
    public static IEnumerable<PlacedFault> Check(JsonNode root) => FourBitLoading.Without("bnb_4bit_compute_dtype", root, Rule);
}

using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>4-bit loading whose data type nobody chose: bitsandbytes takes fp4, not QLoRA's nf4.</summary>
public static class QuantTypeIsLeftOut
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG405", "4 bits silently mean fp4", RuleSeverity.Warning,
        "load_in_4bit without bnb_4bit_quant_type means fp4: add \"bnb_4bit_quant_type\": \"nf4\", or \"fp4\" where that is meant.");

    /// <summary>Checks a config.json.</summary>
    public static IEnumerable<PlacedFault> Check(JsonNode root) => FourBitLoading.Without("bnb_4bit_quant_type", root, Rule);
}

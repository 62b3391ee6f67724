using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>4-bit loading where nobody said whether absmax are quantized too: bitsandbytes leaves them in 32 bits.</summary>
public static class DoubleQuantIsLeftOut
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG407", "4 bits silently without double quantization", RuleSeverity.Warning,
        "load_in_4bit without bnb_4bit_use_double_quant keeps absmax in 32 bits, 0.37 bits a parameter more: add \"bnb_4bit_use_double_quant\": true, or false where that is meant.");

    /// <summary>Checks a config.json.</summary>
    public static IEnumerable<PlacedFault> Check(JsonNode root) => FourBitLoading.Without("bnb_4bit_use_double_quant", root, Rule);
}

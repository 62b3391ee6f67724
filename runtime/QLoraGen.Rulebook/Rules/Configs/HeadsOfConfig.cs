using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>The rules of heads, on a config.json.</summary>
internal static class HeadsOfConfig
{
    private static readonly string[] Rotary = ["rope_theta", "rope_scaling", "rope_parameters"];

    /// <summary>Checks the numbers of heads, and their width where the model rotates them.</summary>
    /// <param name="root">The file.</param>
    /// <param name="valueOf">What the model's configuration makes of a key; null where it does not read the key, or where there is no model.</param>
    public static IEnumerable<PlacedFault> Check(JsonNode root, Func<string, long?>? valueOf)
    {
        if (Value("num_attention_heads") is not { } heads || heads < 1)
        {
            yield break;
        }
        if (root["num_key_value_heads"] is { } written && Value("num_key_value_heads") is { } kvHeads
            && HeadsAreNotDivisible.Check(heads, kvHeads) is { } indivisible)
        {
            yield return PlacedFault.On(written, indivisible);
        }
        if (Rotary.Any(key => root[key] is not null) && (Value("head_dim") ?? Value("hidden_size") / heads) is { } width
            && HeadWidthIsOdd.Check(width) is { } odd)
        {
            yield return PlacedFault.On(root["head_dim"] ?? root["num_attention_heads"] ?? root, odd);
        }

        long? Value(string key) => valueOf?.Invoke(key) ?? root[key]?.Value as long?;
    }
}

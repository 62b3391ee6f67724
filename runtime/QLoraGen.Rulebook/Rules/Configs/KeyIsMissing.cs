using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A key without which the file cannot be used.</summary>
public static class KeyIsMissing
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new("QLG403", "A required key is missing", RuleSeverity.Error, "The key {0} is missing: {1}.");

    /// <summary>Checks an adapter_config.json. PEFT lets target_modules out, too, and guesses them by the kind of model.</summary>
    public static IEnumerable<PlacedFault> CheckAdapter(JsonNode root)
    {
        if (root["peft_type"] is null)
        {
            yield return PlacedFault.OnBracket(root, Broken("peft_type", "add \"peft_type\": \"LORA\""));
        }
        if (root["target_modules"] is null or { Kind: JsonKind.Null } or { Kind: JsonKind.Array, Items.Count: 0 })
        {
            Fault fault = Broken("target_modules", "name the layers that the adapter stands on, or \"all-linear\"");
            yield return root["target_modules"] is { } empty ? PlacedFault.On(empty, fault) : PlacedFault.OnBracket(root, fault);
        }
    }

    /// <summary>Checks a config.json.</summary>
    public static IEnumerable<PlacedFault> CheckConfig(JsonNode root, ConfigSchema? schema) =>
    [
        .. root["model_type"] is null ? [Of("model_type", root)] : Enumerable.Empty<PlacedFault>(),
        .. schema is null ? [] : Check(root, "", schema),
    ];

    /// <summary>Checks an object that a record is read from, and the objects inside it.</summary>
    /// <param name="node">The object.</param>
    /// <param name="at">Its path in the file.</param>
    /// <param name="schema">What the record reads.</param>
    public static IEnumerable<PlacedFault> Check(JsonNode node, string at, ConfigSchema schema) =>
        from key in schema.Keys
        let path = at.Length == 0 ? key.Name : $"{at}.{key.Name}"
        let value = node[key.Name]
        from fault in (value is null && key.IsRequired ? [Of(path, node)]
            : key.Nested is { } nested && value?.Kind == JsonKind.Object ? Check(value, path, nested)
            : [])
        select fault;

    /// <summary>The fault of a key that a config.json lacks.</summary>
    public static PlacedFault Of(string field, JsonNode node) => PlacedFault.OnBracket(node, Broken(field, "add it, or use the config.json of the model"));

    private static Fault Broken(string field, string fix) => Rule.Broken(Shown.Quoted(field), fix) with { Field = field };
}

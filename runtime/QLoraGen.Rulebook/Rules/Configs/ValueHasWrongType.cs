using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A value of another type than its key takes.</summary>
public static class ValueHasWrongType
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG402", "A value of the wrong type", RuleSeverity.Error, "The key {0} has the value {1}: it takes {2}.");

    /// <summary>Checks an adapter_config.json.</summary>
    public static IEnumerable<PlacedFault> CheckAdapter(JsonNode root, string text) =>
        AdapterField.All.Select(field => Check(root[field.Name], field.Type, field.Name, text)).OfType<PlacedFault>();

    /// <summary>Checks an object that a record is read from.</summary>
    /// <param name="node">The object.</param>
    /// <param name="at">Its path in the file.</param>
    /// <param name="schema">What the record reads.</param>
    /// <param name="text">The file.</param>
    public static IEnumerable<PlacedFault> Check(JsonNode node, string at, ConfigSchema schema, string text) =>
        from key in schema.Keys
        let path = at.Length == 0 ? key.Name : $"{at}.{key.Name}"
        let value = node[key.Name]
        from fault in (Check(value, key.Type, path, text) is { } own ? [own]
            : key.Nested is { } nested && value?.Kind == JsonKind.Object ? Check(value, path, nested, text)
            : [])
        select fault;

    /// <summary>Checks one value.</summary>
    public static PlacedFault? Check(JsonNode? value, FieldType type, string field, string text)
    {
        if (value is null || type.Wrong(value) is not { } misfit)
        {
            return null;
        }
        string path = new Misfit(misfit.Field, value, "").Inside(field).Field;
        return PlacedFault.On(misfit.Node, Rule.Broken(Shown.Quoted(path), Shown.Value(text, misfit.Node), misfit.Needed) with { Field = path });
    }
}

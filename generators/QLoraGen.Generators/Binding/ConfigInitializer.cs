using QLoraGen.Generators.Models;
using QLoraGen.Generators.Writing;
using QLoraGen.Json;

namespace QLoraGen.Generators.Binding;

/// <summary>A config.json as an object initializer of the configuration's record.</summary>
internal static class ConfigInitializer
{
    private const string Collections = "global::System.Collections.Generic.";

    /// <returns>One entry a property that the file has a value for; null where a key is missing or its value is of another type.</returns>
    public static IReadOnlyList<string>? Of(ConfigModel config, JsonNode file)
    {
        List<string> entries = [];
        foreach (ConfigProperty property in config.Properties.Where(static property => property.IsStored))
        {
            if (file[property.Key] is { } value)
            {
                if (Literal(property, value) is not { } literal)
                {
                    return null;
                }
                entries.Add($"{CSharp.Identifier(property.Name)} = {literal}");
            }
            else if (property.IsRequired)
            {
                return null;
            }
        }
        return entries;
    }

    /// <summary>What a list holds, by its type in full; null for what is no list.</summary>
    public static string? ItemOf(string type) =>
        type.EndsWith("[]", StringComparison.Ordinal) ? type.Substring(0, type.Length - 2)
        : type.StartsWith(Collections, StringComparison.Ordinal) && type.IndexOf('<') is > 0 and var open ? type.Substring(open + 1, type.Length - open - 2)
        : null;

    private static string? Literal(ConfigProperty property, JsonNode value) => value.Kind switch
    {
        JsonKind.Null => property.IsNullable ? "null" : null,
        JsonKind.Object => property.Nested is { } nested && Of(nested, value) is { } entries ? $"new() {{ {string.Join(", ", entries)} }}" : null,
        JsonKind.Array => ItemOf(property.Type) is { } item ? ListOf(item, value) : null,
        _ => Literal(property.Type, value),
    };

    private static string? ListOf(string item, JsonNode list)
    {
        string?[] literals = [.. list.Items.Select(value => Literal(item, value))];
        return literals.Contains(null) ? null : $"[{string.Join(", ", literals)}]";
    }

    private static string? Literal(string kind, JsonNode value) => (kind, value) switch
    {
        ("int", { Value: long number }) when number is >= int.MinValue and <= int.MaxValue => CSharp.Literal(number),
        ("long", { Value: long number }) => CSharp.Literal(number),
        ("double", { Value: long number }) => CSharp.Literal(number),
        ("double", { Value: double number }) => CSharp.Literal(number),
        ("bool", { Value: bool flag }) => CSharp.Literal(flag),
        ("string", { Value: string text }) => CSharp.Literal(text),
        _ => null,
    };
}

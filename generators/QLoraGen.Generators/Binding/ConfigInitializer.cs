using QLoraGen.Generators.Models;
using QLoraGen.Generators.Writing;
using QLoraGen.Json;

namespace QLoraGen.Generators.Binding;

/// <summary>A config.json as an object initializer of the configuration's record.</summary>
internal static class ConfigInitializer
{
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

    private static string? Literal(ConfigProperty property, JsonNode value) => (property.Type, value) switch
    {
        (_, { Kind: JsonKind.Null }) => property.IsNullable ? "null" : null,
        ("int", { Value: long number }) when number is >= int.MinValue and <= int.MaxValue => CSharp.Literal(number),
        ("long", { Value: long number }) => CSharp.Literal(number),
        ("double", { Value: long number }) => CSharp.Literal(number),
        ("double", { Value: double number }) => CSharp.Literal(number),
        ("bool", { Value: bool flag }) => CSharp.Literal(flag),
        ("string", { Value: string text }) => CSharp.Literal(text),
        (var type, { Kind: JsonKind.Array }) when type.EndsWith("<string>", StringComparison.Ordinal) && value.Items.All(static item => item.Kind == JsonKind.Text) =>
            $"[{string.Join(", ", value.Items.Select(static item => CSharp.Literal((string)item.Value!)))}]",
        (_, { Kind: JsonKind.Object }) when property.Nested is { } nested =>
            Of(nested, value) is { } entries ? $"new() {{ {string.Join(", ", entries)} }}" : null,
        _ => null,
    };
}

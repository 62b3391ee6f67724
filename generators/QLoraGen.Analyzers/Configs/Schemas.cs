using QLoraGen.Configs;
using QLoraGen.Generators.Binding;
using QLoraGen.Generators.Models;

namespace QLoraGen.Analyzers.Configs;

/// <summary>What a configuration record reads, as the rules of config.json take it.</summary>
internal static class Schemas
{
    public static ConfigSchema Of(ConfigModel config) => new(
        [.. config.Properties.Where(static property => property.IsStored).Select(static property => new ConfigKey(
            property.Key, property.IsNullable ? TypeOf(property).OrNull : TypeOf(property), property.IsRequired,
            property.Nested is null ? null : Of(property.Nested)))]);

    private static FieldType TypeOf(ConfigProperty property) => property.Nested is not null ? FieldType.Object : property.Type switch
    {
        "int" => FieldType.Integer,
        "long" => FieldType.Long,
        "double" or "float" => FieldType.Number,
        "bool" => FieldType.Bool,
        "string" => FieldType.Text,
        _ => ConfigInitializer.ItemOf(property.Type) switch
        {
            "int" => FieldType.ListOf(FieldType.Integer),
            "double" => FieldType.ListOf(FieldType.Number),
            "string" => FieldType.ListOf(FieldType.Text),
            _ => FieldType.Any,
        },
    };
}

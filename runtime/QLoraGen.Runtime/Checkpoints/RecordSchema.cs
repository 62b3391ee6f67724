using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using QLoraGen.Configs;

namespace QLoraGen.Checkpoints;

/// <summary>What a record reads from a file of settings, as the rules of such files take it; the compiler reads the same from its source.</summary>
internal static class RecordSchema
{
    private const int Deepest = 4;   // a record that holds itself would have no end

    /// <summary>The type of a value, and its keys where it is a record.</summary>
    public static (FieldType Type, ConfigSchema? Nested) Of(Type type, JsonSerializerOptions options) => Of(type, options, 0);

    private static (FieldType Type, ConfigSchema? Nested) Of(Type type, JsonSerializerOptions options, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            (FieldType inner, ConfigSchema? keys) = Of(value, options, depth);
            return (inner.OrNull, keys);
        }
        if (Plain(type) is { } plain)
        {
            return (plain, null);
        }
        JsonTypeInfo info = options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable when info.ElementType is { } element => (FieldType.ListOf(Of(element, options, depth).Type), null),
            JsonTypeInfoKind.Dictionary => (FieldType.Object, null),
            JsonTypeInfoKind.Object when type != typeof(object) => (FieldType.Object, depth == Deepest ? null : new ConfigSchema(
                [.. info.Properties.Where(static p => p.Set is not null || p.AssociatedParameter is not null).Select(p => Key(p, options, depth + 1))])),
            _ => (FieldType.Any, null),
        };
    }

    private static ConfigKey Key(JsonPropertyInfo property, JsonSerializerOptions options, int depth)
    {
        if (property.CustomConverter is not null)
        {
            return new ConfigKey(property.Name, FieldType.Any, property.IsRequired);
        }
        (FieldType type, ConfigSchema? nested) = Of(property.PropertyType, options, depth);
        return new ConfigKey(
            property.Name, property.IsSetNullable && !property.PropertyType.IsValueType ? type.OrNull : type, property.IsRequired, nested);
    }

    private static FieldType? Plain(Type type) => type switch
    {
        _ when type == typeof(int) => FieldType.Integer,
        _ when type == typeof(long) => FieldType.Long,
        _ when type == typeof(double) || type == typeof(float) => FieldType.Number,
        _ when type == typeof(bool) => FieldType.Bool,
        _ when type == typeof(string) => FieldType.Text,
        _ => null,
    };
}

using QLoraGen.Json;

namespace QLoraGen.Configs;

/// <summary>What values a field takes.</summary>
/// <param name="said">In words: <c>a whole number</c>.</param>
/// <param name="wrong">The value that does not fit, the one given or one inside it, with its path from there; null where all fits.</param>
public sealed class FieldType(string said, Func<JsonNode, Misfit?> wrong)
{
    /// <summary>Whatever; the deserializer has its own opinion.</summary>
    public static readonly FieldType Any = new("any value", static _ => null);

    /// <summary>JSON's <c>true</c> or <c>false</c>.</summary>
    public static readonly FieldType Bool = Kinds("true or false", static node => node.Kind == JsonKind.Bool);

    /// <summary>A number of 32 bits without fraction.</summary>
    public static readonly FieldType Integer = Kinds("a whole number of at most 32 bits", static node => node.Value is >= (long)int.MinValue and <= int.MaxValue);

    /// <summary>A number of 64 bits without fraction.</summary>
    public static readonly FieldType Long = Kinds("a whole number of at most 64 bits", static node => node.Kind == JsonKind.Integer);

    /// <summary>Any number.</summary>
    public static readonly FieldType Number = Kinds("a number", static node => node.Kind is JsonKind.Integer or JsonKind.Real);

    /// <summary>A string.</summary>
    public static readonly FieldType Text = Kinds("text in double quotes", static node => node.Kind == JsonKind.Text);

    /// <summary>An object, whatever it holds.</summary>
    public static readonly FieldType Object = Kinds("an object", static node => node.Kind == JsonKind.Object);

    /// <summary>Nothing but null.</summary>
    private static readonly FieldType Null = Kinds("null", static node => node.Kind == JsonKind.Null);

    /// <summary>In words.</summary>
    public string Said { get; } = said;

    /// <summary>This, or null.</summary>
    public FieldType OrNull => Or(Null);

    /// <summary>A list of such values.</summary>
    public static FieldType ListOf(FieldType item) => new($"a list, each entry {item.Said}", node => node.Kind != JsonKind.Array
        ? new Misfit("", node, $"a list, each entry {item.Said}")
        : node.Items.Select((value, i) => item.Wrong(value)?.Inside($"[{i}]")).FirstOrDefault(static misfit => misfit is not null));

    /// <summary>An object with such values under names of any kind.</summary>
    public static FieldType MapOf(FieldType item) => new($"an object, each value {item.Said}", node => node.Kind != JsonKind.Object
        ? new Misfit("", node, $"an object, each value {item.Said}")
        : node.Members.Select(member => item.Wrong(member.Value)?.Inside(member.Name)).FirstOrDefault(static misfit => misfit is not null));

    /// <summary>A value of either type.</summary>
    public FieldType Or(FieldType other) => new($"{Said} or {other.Said}", node => (Wrong(node), other.Wrong(node)) switch
    {
        (null, _) or (_, null) => null,
        ({ Field.Length: > 0 } inside, _) => inside,
        (_, { Field.Length: > 0 } inside) => inside,
        _ => new Misfit("", node, $"{Said} or {other.Said}"),
    });

    /// <summary>What does not fit, or null.</summary>
    public Misfit? Wrong(JsonNode node) => wrong(node);

    private static FieldType Kinds(string said, Func<JsonNode, bool> fits) => new(said, node => fits(node) ? null : new Misfit("", node, said));
}

/// <summary>A value that does not fit.</summary>
/// <param name="Field">Its path from the value that was looked at; empty for that one.</param>
/// <param name="Node">The value.</param>
/// <param name="Needed">What would fit, in words.</param>
public sealed record Misfit(string Field, JsonNode Node, string Needed)
{
    /// <summary>The same, seen from one level further out.</summary>
    internal Misfit Inside(string name) => this with { Field = Field.Length == 0 || Field[0] == '[' ? name + Field : $"{name}.{Field}" };
}

using System.Text.Json;

namespace QLoraGen.Templates;

/// <summary>JSON as the values of templates.</summary>
internal static class JsonValues
{
    /// <summary>The value of an element; depth is bounded by its parser.</summary>
    /// <exception cref="TemplateFault">A whole number in it has more than 64 bits.</exception>
    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => OfNumber(json),
        JsonValueKind.Array => new TemplateList([.. json.EnumerateArray().Select(Of)]),
        JsonValueKind.Object => OfObject(json),
        _ => null,
    };

    private static object OfNumber(JsonElement json) => json.TryGetInt64(out long whole) ? (object)whole
        : json.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? json.GetDouble()
        : throw new TemplateFault($"the number {json.GetRawText()} has more than 64 bits");

    private static TemplateDict OfObject(JsonElement json)
    {
        TemplateDict dict = new();
        foreach (JsonProperty property in json.EnumerateObject())
        {
            dict.Set(property.Name, Of(property.Value));
        }
        return dict;
    }
}

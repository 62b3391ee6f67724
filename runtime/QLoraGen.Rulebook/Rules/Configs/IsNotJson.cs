using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A file of settings that is not one JSON object.</summary>
public static class IsNotJson
{
    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG409", "Not a JSON object", RuleSeverity.Error, "The file {0}: mend it, or fetch the file again.");

    /// <summary>Reads a file.</summary>
    /// <param name="text">What it holds.</param>
    /// <param name="root">Its object; null where there is a fault.</param>
    public static PlacedFault? Check(string text, out JsonNode? root)
    {
        root = null;
        try
        {
            JsonNode read = JsonReader.Parse(text);
            if (read.Kind != JsonKind.Object)
            {
                return PlacedFault.OnBracket(read, Rule.Broken($"is a JSON {Name(read.Kind)}, where an object with settings is needed"));
            }
            root = read;
            return null;
        }
        catch (JsonException e)
        {
            return new PlacedFault(Broken(e.Message), e.Position, e.Position < text.Length ? 1 : 0);
        }
    }

    /// <summary>The fault with a reason.</summary>
    internal static Fault Broken(string reason) => Rule.Broken($"is not valid JSON: {reason}");

    private static string Name(JsonKind kind) => kind switch
    {
        JsonKind.Integer or JsonKind.Real => "number",
        JsonKind.Text => "string",
        JsonKind.Bool => "true or false",
        _ => kind.ToString().ToLowerInvariant(),
    };
}

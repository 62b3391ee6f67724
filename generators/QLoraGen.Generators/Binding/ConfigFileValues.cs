using QLoraGen.Generators.Sizes;
using QLoraGen.Json;

namespace QLoraGen.Generators.Binding;

/// <summary>A config.json's values, as a <see cref="ConfigScope"/> asks for them.</summary>
internal static class ConfigFileValues
{
    public static Func<string, object?> Of(JsonNode file) => key => file[key] switch
    {
        null => ConfigScope.Absent,
        { Kind: JsonKind.Array or JsonKind.Object } => Folding.Unknown,
        var node => node.Value,
    };
}

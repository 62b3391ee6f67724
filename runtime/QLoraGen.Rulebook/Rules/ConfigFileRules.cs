using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>All that is wrong with a config.json.</summary>
public static class ConfigFileRules
{
    /// <summary>Checks a file.</summary>
    /// <param name="text">What it holds.</param>
    /// <param name="schema">What the model's configuration reads; null where the model is not known.</param>
    /// <param name="bound">The class that the file is bound to, with the model_type that it is for.</param>
    /// <param name="valueOf">The number that the model's configuration has for a key, with its defaults; null where it has none.</param>
    public static IReadOnlyList<PlacedFault> Check(
        string text, ConfigSchema? schema, (string Type, string ModelType)? bound = null, Func<JsonNode, string, long?>? valueOf = null)
    {
        if (IsNotJson.Check(text, out JsonNode? root) is { } broken)
        {
            return [broken];
        }
        PlacedFault[] another = bound is { } type ? [.. ModelTypeIsAnother.Check(root!, type.Type, type.ModelType)] : [];
        if (another.Length > 0)
        {
            return another;   // its keys are another record's
        }
        return
        [
            .. KeyIsMissing.CheckConfig(root!, schema),
            .. schema is null ? [] : ValueHasWrongType.Check(root!, "", schema, text),
            .. ValueHasWrongType.Check(root!["model_type"], FieldType.Text, "model_type", text) is { } wrong ? [wrong] : Array.Empty<PlacedFault>(),
            .. KeyIsUnknown.CheckConfig(root!, schema),
            .. schema is null ? [] : SettingIsNotComputed.Check(root!, schema, text),
            .. HeadsOfConfig.Check(root!, valueOf is null ? null : key => valueOf(root!, key)),
            .. QuantTypeIsLeftOut.Check(root!), .. ComputeTypeIsLeftOut.Check(root!), .. DoubleQuantIsLeftOut.Check(root!),
        ];
    }
}

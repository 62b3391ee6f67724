using QLoraGen.Configs;
using QLoraGen.Json;

namespace QLoraGen.Rules;

/// <summary>A field that PEFT obeys and that is not implemented here: leaving it out would change what the adapter computes.</summary>
public static class FieldIsNotSupported
{
    private const string WouldChange = "leaving it out would change the result, so train the adapter without it";

    /// <summary>The rule.</summary>
    public static readonly Rule Rule = new(
        "QLG315", "A field that is not supported", RuleSeverity.Error, "{0} is {1}, which is not supported here: {2}.");

    /// <summary>Checks a file whose values have the right types.</summary>
    /// <param name="root">The file.</param>
    /// <param name="text">Its text.</param>
    public static IEnumerable<Fault> Check(JsonNode root, string text)
    {
        if (!AdapterConfigFile.IsLora(root))
        {
            return [Broken("peft_type", "only LORA adapters are")];
        }
        List<Fault> faults = [];
        if (root["bias"]?.Value is not (null or "none"))
        {
            faults.Add(Broken("bias", "only 'none' is"));
        }
        // The others change the base weights, or start from values that the file does not hold.
        if (root["init_lora_weights"]?.Value is string and not ("gaussian" or "orthogonal" or "eva"))
        {
            faults.Add(Broken("init_lora_weights", "it changes the base weights too, so convert the adapter to plain LoRA with PEFT "
                + "(save_pretrained with path_initial_model_for_weight_conversion)"));
        }
        faults.AddRange(AdapterField.All
            .Where(field => !field.IsSupported && root[field.Name] is { } value && !KeyIsUnknown.SaysNothing(value))
            .Select(field => Broken(field.Name, WouldChange)));
        return faults;

        Fault Broken(string field, string fix) => Rule.Broken(field, Shown.Value(text, root[field]!), fix) with { Field = field };
    }
}

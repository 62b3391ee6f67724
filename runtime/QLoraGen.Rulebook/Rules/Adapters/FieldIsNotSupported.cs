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
    /// <param name="isNew">Whether new adapters are to be made as it says; else it is a saved adapter's.</param>
    public static IEnumerable<Fault> Check(JsonNode root, string text, bool isNew = false)
    {
        if (!AdapterConfigFile.IsLora(root))
        {
            return [Broken("peft_type", "only LORA adapters are")];
        }
        List<Fault> faults = [];
        if (root["bias"]?.Value is string bias && BiasTrainings.Read(bias) is null)
        {
            faults.Add(Broken("bias", $"{string.Join(", ", BiasTrainings.Names)} are"));
        }
        // The others changed the base weights: a saved adapter is then for weights that the file does not hold.
        if (!isNew && root["init_lora_weights"]?.Value is string and not ("gaussian" or "orthogonal" or "eva"))
        {
            faults.Add(Broken("init_lora_weights", "it changes the base weights too, so convert the adapter to plain LoRA with PEFT "
                + "(save_pretrained with path_initial_model_for_weight_conversion)"));
        }
        if (isNew && root["init_lora_weights"]?.Value is LoraStart.Loftq && root["loftq_config"] is { } loftq
            && (loftq["loftq_bits"]?.Value is not (null or 4L) || loftq["loftq_iter"]?.Value is not (null or 1L)))
        {
            faults.Add(Broken("loftq_config", "with 4 bits and 1 iteration the base stays as every loader quantizes it, so leave it empty"));
        }
        faults.AddRange(AdapterField.All
            .Where(field => !field.IsSupported && root[field.Name] is { } value && !KeyIsUnknown.SaysNothing(value))
            .Select(field => Broken(field.Name, WouldChange)));
        return faults;

        Fault Broken(string field, string fix) => Rule.Broken(field, Shown.Value(text, root[field]!), fix) with { Field = field };
    }
}

using System.Text.Json.Nodes;
using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>A model's config.json with the <c>quantization_config</c> that Transformers writes for bitsandbytes.</summary>
internal static class QuantizedConfig
{
    private const string Key = "quantization_config";

    /// <summary>The config of a folder with that key; everything else is as it was.</summary>
    /// <param name="folder">The folder of the model in full precision.</param>
    /// <param name="model">Its config, read.</param>
    /// <param name="layout">How its tensors are stored.</param>
    /// <param name="format">NF4 or FP4.</param>
    public static JsonObject Of(string folder, ModelConfig model, QuantStateLayout layout, QuantFormat format)
    {
        JsonObject config = JsonObject.Create(ConfigFile.Open(folder).Root)!;
        config.Remove(Key);
        // Transformers sorts keys: the new one stands where it would.
        int place = config.Select(static entry => entry.Key).TakeWhile(static key => string.CompareOrdinal(key, Key) < 0).Count();
        config.Insert(place, Key, Settings(model, layout, format));
        return config;
    }

    private static JsonObject Settings(ModelConfig model, QuantStateLayout layout, QuantFormat format)
    {
        string[] skipped =
        [
            .. layout.Entries.Where(static entry => entry.Format is null && entry.Tensor.Owner is Linear linear && entry.Tensor == linear.Weight)
                .Select(static entry => entry.Name[..^(entry.Tensor.Name.Length + 1)]),
        ];
        return new JsonObject
        {
            ["_load_in_4bit"] = true,
            ["_load_in_8bit"] = false,
            ["bnb_4bit_compute_dtype"] = model.WeightType.ConfigName(),
            ["bnb_4bit_quant_storage"] = "uint8",
            ["bnb_4bit_quant_type"] = QuantStateJson.NameOf(format.Type),
            ["bnb_4bit_use_double_quant"] = format.DoubleQuant,
            ["llm_int8_enable_fp32_cpu_offload"] = false,
            ["llm_int8_has_fp16_weight"] = false,
            // Null is Transformers' own choice: the output head, also where it is tied to the embeddings.
            ["llm_int8_skip_modules"] = skipped.Length == 0 ? null : new JsonArray([.. skipped.Select(static path => (JsonNode)path)]),
            ["llm_int8_threshold"] = JsonNode.Parse("6.0"),   // as Python writes it
            ["load_in_4bit"] = true,
            ["load_in_8bit"] = false,
            ["quant_method"] = "bitsandbytes",
        };
    }
}

using System.Globalization;
using System.Text;
using QLoraGen.Json;

namespace QLoraGen.Configs;

/// <summary>
/// Writes an adapter_config.json as PEFT 0.19 does: every field, in the order of the alphabet, in the form that Python's json
/// gives it. A field that a config was read with is written as it stood, unless its value has changed since.
/// </summary>
public static class AdapterConfigText
{
    // Fields that nothing here sets, with PEFT's defaults; an adapter that is saved is one for inference.
    private static readonly (string Field, string Value)[] constant =
    [
        ("alora_invocation_tokens", "null"), ("arrow_config", "null"), ("auto_mapping", "null"), ("corda_config", "null"),
        ("ensure_weight_tying", "false"), ("eva_config", "null"), ("inference_mode", "true"),
        ("layer_replication", "null"), ("loftq_config", "{}"), ("lora_ga_config", "null"), ("megatron_config", "null"),
        ("megatron_core", "\"megatron.core\""), ("peft_type", "\"LORA\""), ("peft_version", "\"0.19.1\""), ("qalora_group_size", "16"),
        ("revision", "null"), ("target_parameters", "null"), ("task_type", "\"CAUSAL_LM\""), ("trainable_token_indices", "null"),
        ("use_bdlora", "null"), ("use_qalora", "false"),
    ];

    /// <summary>The text of the file, without a line feed at its end, as Python leaves it.</summary>
    /// <param name="config">The adapters.</param>
    /// <param name="baseModel">What the file names as its base; null for what it did name, or nothing.</param>
    /// <param name="fanInFanOut">Whether adapted weights are stored as [in, out]; a file that was read keeps what it said.</param>
    public static string Write(LoraConfig config, string? baseModel, bool fanInFanOut = false)
    {
        SortedDictionary<string, string> fields = new(constant.ToDictionary(static field => field.Field, static field => field.Value), StringComparer.Ordinal)
        {
            ["base_model_name_or_path"] = "null",
            ["fan_in_fan_out"] = Bool(fanInFanOut),
        };
        Dictionary<string, string> own = Own(config), before = Own(AdapterConfigFile.Read(Saved(config)));
        foreach (KeyValuePair<string, string> saved in config.SavedFields)
        {
            fields[saved.Key] = saved.Value;
        }
        foreach (KeyValuePair<string, string> field in own.Where(field => !config.SavedFields.ContainsKey(field.Key) || before[field.Key] != field.Value))
        {
            fields[field.Key] = field.Value;
        }
        if (baseModel is not null)
        {
            fields["base_model_name_or_path"] = Text(baseModel);
        }
        return $"{{\n{string.Join(",\n", fields.Select(static field => $"  {Text(field.Key)}: {field.Value}"))}\n}}";
    }

    private static JsonNode Saved(LoraConfig config) =>
        JsonReader.Parse($"{{{string.Join(",", config.SavedFields.Select(static field => $"{Text(field.Key)}:{field.Value}"))}}}");

    private static Dictionary<string, string> Own(LoraConfig config) => new()
    {
        ["alpha_pattern"] = Map(config.AlphaPattern, static alpha => Number(alpha)),
        ["bias"] = Text(config.Bias.FieldValue()),
        ["exclude_modules"] = config.ExcludePattern is { } excluded ? Text(excluded) : ListOrNull(config.ExcludeModules),
        ["init_lora_weights"] = config.InitLoraWeights is LoraStart.Default or LoraStart.Random ? config.InitLoraWeights : Text(config.InitLoraWeights),
        ["layers_pattern"] = ListOrNull(config.LayersPattern),
        ["layers_to_transform"] = config.LayersToTransform.Count == 0 ? "null"
            : List(config.LayersToTransform.Select(static block => block.ToString(CultureInfo.InvariantCulture))),
        ["lora_alpha"] = Number(config.LoraAlpha),
        ["lora_bias"] = Bool(config.LoraBias),
        ["lora_dropout"] = config.LoraDropout == 0 ? "0.0" : Number(config.LoraDropout),
        ["modules_to_save"] = ListOrNull(config.ModulesToSave),
        ["r"] = config.R.ToString(CultureInfo.InvariantCulture),
        ["rank_pattern"] = Map(config.RankPattern, static rank => rank.ToString(CultureInfo.InvariantCulture)),
        ["target_modules"] = config.TargetPattern is { } pattern ? Text(pattern)
            : config.TargetModules.Count == 0 ? Text(AdapterConfigFile.AllLinear) : List(config.TargetModules.Select(Text)),
        ["use_dora"] = Bool(config.UseDora),
        ["use_rslora"] = Bool(config.UseRslora),
    };

    private static string Bool(bool value) => value ? "true" : "false";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture) is var text && text.Contains('E')
        ? text.Replace("E", "e")
        : text;

    private static string ListOrNull(IReadOnlyList<string> names) => names.Count == 0 ? "null" : List(names.Select(Text));

    private static string List(IEnumerable<string> items) => $"[\n{string.Join(",\n", items.Select(static item => $"    {item}"))}\n  ]";

    private static string Map<T>(IReadOnlyList<KeyValuePair<string, T>> entries, Func<T, string> value) => entries.Count == 0 ? "{}"
        : $"{{\n{string.Join(",\n", entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(entry => $"    {Text(entry.Key)}: {value(entry.Value)}"))}\n  }}";

    // As json.dumps escapes: everything but printable ASCII.
    private static string Text(string value)
    {
        StringBuilder text = new("\"", value.Length + 2);
        foreach (char c in value)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                '\b' => @"\b",
                '\f' => @"\f",
                < ' ' or > '~' => $@"\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }
        return text.Append('"').ToString();
    }
}

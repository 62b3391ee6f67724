using System.Text.Json;
using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary><c>adapter_config.json</c>, PEFT's form of a <see cref="LoraConfig"/>.</summary>
internal static class PeftConfig
{
    public const string FileName = "adapter_config.json";

    private static readonly HashSet<string> Understood =
        ["peft_type", "r", "lora_alpha", "lora_dropout", "target_modules", "use_rslora", "bias", "init_lora_weights"];

    // Fields that change nothing of what a loaded adapter computes.
    private static readonly HashSet<string> Informative =
    [
        "task_type", "auto_mapping", "peft_version", "base_model_name_or_path", "revision", "inference_mode", "megatron_core",
        "qalora_group_size", "ensure_weight_tying",
    ];

    /// <summary>Reads a config whose every field is understood or has no effect; any other is refused by name.</summary>
    public static LoraConfig Read(string folder)
    {
        ConfigFile file = ConfigFile.Open(Path.Combine(folder, FileName));
        string type = file.Read<string>("peft_type");
        if (type != "LORA")
        {
            throw new QLoraException($"{file.Path}: peft_type is '{type}': only LORA adapters are supported.");
        }
        foreach (JsonProperty field in file.Root.EnumerateObject())
        {
            if (!Understood.Contains(field.Name) && !Informative.Contains(field.Name) && !HasNoEffect(field.Value))
            {
                throw new QLoraException(
                    $"{file.Path}: {field.Name} is {field.Value.GetRawText()}, which is not supported; leaving it out would change the result.");
            }
        }
        if (file.Find("bias") is { ValueKind: JsonValueKind.String } bias && bias.GetString() != "none")
        {
            throw new QLoraException($"{file.Path}: bias is '{bias.GetString()}': only 'none' is supported.");
        }
        // The others change the base weights, or start from values that the file does not hold.
        if (file.Find("init_lora_weights") is { ValueKind: JsonValueKind.String } init && init.GetString() is not ("gaussian" or "orthogonal" or "eva"))
        {
            throw new QLoraException($"{file.Path}: init_lora_weights is '{init.GetString()}', which changes the base weights too and is not "
                + "supported. Convert the adapter to plain LoRA with PEFT (save_pretrained with path_initial_model_for_weight_conversion).");
        }
        var config = new LoraConfig
        {
            R = Get(file, "r", 8),
            LoraAlpha = Get(file, "lora_alpha", 8.0),
            LoraDropout = Get(file, "lora_dropout", 0.0),
            UseRslora = Get(file, "use_rslora", false),
            TargetModules = Targets(file),
        };
        try
        {
            return config.Validate();
        }
        catch (QLoraException e)
        {
            throw new QLoraException($"{file.Path}: {e.Message}", e);
        }
    }

    /// <summary>Writes a config with every field that PEFT 0.19 knows and this project sets.</summary>
    public static Action<Stream> Content(LoraConfig config, IReadOnlyList<string> targets, string baseModel) =>
        stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("base_model_name_or_path", baseModel);
            json.WriteString("bias", "none");
            if (config.ExcludePattern is { } pattern)
            {
                json.WriteString("exclude_modules", pattern);
            }
            else if (config.ExcludeModules.Count > 0)
            {
                WriteNames(json, "exclude_modules", config.ExcludeModules);
            }
            json.WriteBoolean("fan_in_fan_out", false);
            json.WriteBoolean("inference_mode", true);
            json.WriteBoolean("init_lora_weights", true);
            json.WriteNumber("lora_alpha", config.LoraAlpha);
            json.WriteNumber("lora_dropout", config.LoraDropout);
            json.WriteNull("modules_to_save");
            json.WriteString("peft_type", "LORA");
            json.WriteNumber("r", config.R);
            WritePattern(json, "rank_pattern", config.RankPattern, static (json, rank) => json.WriteNumberValue(rank));
            WritePattern(json, "alpha_pattern", config.AlphaPattern, static (json, alpha) => json.WriteNumberValue(alpha));
            WriteNames(json, "target_modules", targets);
            json.WriteString("task_type", "CAUSAL_LM");
            json.WriteBoolean("use_dora", false);
            json.WriteBoolean("use_rslora", config.UseRslora);
            json.WriteEndObject();
        };

    private static void WriteNames(Utf8JsonWriter json, string key, IReadOnlyList<string> names)
    {
        json.WriteStartArray(key);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }
        json.WriteEndArray();
    }

    private static void WritePattern<T>(
        Utf8JsonWriter json, string key, IReadOnlyList<KeyValuePair<string, T>> entries, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartObject(key);
        foreach ((string name, T value) in entries)
        {
            json.WritePropertyName(name);
            write(json, value);
        }
        json.WriteEndObject();
    }

    private static bool HasNoEffect(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };

    private static T Get<T>(ConfigFile file, string key, T otherwise) =>
        file.Find(key) is null or { ValueKind: JsonValueKind.Null } ? otherwise : file.Read<T>(key);

    private static string[] Targets(ConfigFile file) => file.Find("target_modules") switch
    {
        { ValueKind: JsonValueKind.Array } names when names.GetArrayLength() > 0 => file.Read<string[]>("target_modules"),
        { ValueKind: JsonValueKind.String } text when text.GetString() == "all-linear" => [],
        { } other => throw new QLoraException(
            $"{file.Path}: target_modules is {other.GetRawText()}: a list of layer names or \"all-linear\" is supported, a regular expression is not."),
        null => throw new QLoraException($"{file.Path}: the key 'target_modules' is missing: name the layers that the adapter stands on."),
    };
}

using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Configs;
using QLoraGen.Rules;

namespace QLoraGen;

/// <summary><c>adapter_config.json</c>, PEFT's form of a <see cref="LoraConfig"/>.</summary>
internal static class PeftConfig
{
    public const string FileName = "adapter_config.json";

    /// <summary>
    /// Reads the config of an adapter for a model with these layers. Refused with the rulebook's sentence: what breaks a rule in earnest,
    /// and a key that is not known, since what it should set would keep its default.
    /// </summary>
    public static LoraConfig Read(string folder, IReadOnlyList<TargetLayer> layers)
    {
        ConfigFile file = ConfigFile.Open(Path.Combine(folder, FileName));
        return AdapterFileRules.Check(file.Text, layers)
            .FirstOrDefault(static fault => fault.Fault.Rule.Severity == RuleSeverity.Error || fault.Fault.Rule == KeyIsUnknown.Rule) is { } refused
            ? throw new QLoraException(refused.In(file.Path, file.Text))
            : AdapterConfigFile.Read(file.Places);
    }

    /// <summary>Writes a config with every field that PEFT 0.19 knows and this project sets.</summary>
    public static Action<Stream> Content(LoraConfig config, string baseModel) =>
        stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteString("base_model_name_or_path", baseModel);
            json.WriteString("bias", "none");
            if (config.ExcludePattern is not null || config.ExcludeModules.Count > 0)
            {
                WriteNames(json, "exclude_modules", config.ExcludePattern, config.ExcludeModules);
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
            WriteNames(json, "target_modules", config.TargetPattern, config.TargetModules);
            json.WriteString("task_type", "CAUSAL_LM");
            json.WriteBoolean("use_dora", false);
            json.WriteBoolean("use_rslora", config.UseRslora);
            json.WriteEndObject();
        };

    // A string is a regular expression, a list has names.
    private static void WriteNames(Utf8JsonWriter json, string key, string? pattern, IReadOnlyList<string> names)
    {
        if (pattern is not null)
        {
            json.WriteString(key, pattern);
            return;
        }
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
}

using QLoraGen.Json;

namespace QLoraGen.Configs;

/// <summary>An adapter_config.json, PEFT's form of a <see cref="LoraConfig"/>.</summary>
public static class AdapterConfigFile
{
    /// <summary>What target_modules says to mean every linear layer except the output head.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>Whether it is a LoRA adapter's; a file that does not say is taken for one.</summary>
    public static bool IsLora(JsonNode root) => root["peft_type"] is null or { Kind: not JsonKind.Text } or { Value: "LORA" };

    /// <summary>Reads a file whose values have the right types; PEFT's defaults stand where fields are missing.</summary>
    /// <param name="root">The file.</param>
    /// <param name="text">Its text, where what is not used here is to be kept for writing the file again.</param>
    public static LoraConfig Read(JsonNode root, string? text = null)
    {
        LoraConfig plain = new();
        return new LoraConfig
        {
            R = root["r"]?.Value is long r ? (int)r : plain.R,
            LoraAlpha = Number(root["lora_alpha"]) ?? plain.LoraAlpha,
            LoraDropout = Number(root["lora_dropout"]) ?? plain.LoraDropout,
            UseRslora = root["use_rslora"]?.Value is true,
            TargetModules = Names(root["target_modules"]),
            TargetPattern = root["target_modules"]?.Value is string pattern and not AllLinear ? pattern : null,
            ExcludeModules = Names(root["exclude_modules"]),
            ExcludePattern = root["exclude_modules"]?.Value as string,
            UseDora = root["use_dora"]?.Value is true,
            LoraBias = root["lora_bias"]?.Value is true,
            Bias = BiasTrainings.Read(root["bias"]?.Value as string ?? "none") ?? BiasTraining.None,
            ModulesToSave = Names(root["modules_to_save"]),
            InitLoraWeights = root["init_lora_weights"]?.Value switch
            {
                string start => start,
                false => LoraStart.Random,
                _ => plain.InitLoraWeights,
            },
            LayersToTransform = root["layers_to_transform"] is { Value: long only } ? [Block(only)]
                : [.. (root["layers_to_transform"]?.Items ?? []).Select(static item => Block((long)item.Value!))],
            LayersPattern = root["layers_pattern"]?.Value is string one ? one.Length == 0 ? [] : [one] : Names(root["layers_pattern"]),
            SavedFields = text is null ? plain.SavedFields
                : root.Members.ToDictionary(static member => member.Name, member => text.Substring(member.Value.Start, member.Value.Length)),
            RankPattern = [.. Entries(root["rank_pattern"]).Select(static entry => new KeyValuePair<string, int>(entry.Name, (int)Number(entry.Value)!.Value))],
            AlphaPattern = [.. Entries(root["alpha_pattern"]).Select(static entry => new KeyValuePair<string, double>(entry.Name, Number(entry.Value)!.Value))],
        };
    }

    /// <summary>The texts of a list; none of anything else.</summary>
    public static IReadOnlyList<string> Names(JsonNode? node) => [.. (node?.Items ?? []).Select(static item => (string)item.Value!)];

    // No model has blocks of such numbers, and none is meant by -1.
    private static int Block(long number) => number is >= 0 and <= int.MaxValue ? (int)number : -1;

    private static IReadOnlyList<JsonMember> Entries(JsonNode? node) => node?.Members ?? [];

    private static double? Number(JsonNode? node) => node?.Value switch
    {
        long integer => integer,
        double real => real,
        _ => null,
    };
}

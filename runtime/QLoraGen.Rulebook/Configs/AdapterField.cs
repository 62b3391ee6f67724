using static QLoraGen.Configs.FieldType;

namespace QLoraGen.Configs;

/// <summary>A field of adapter_config.json that PEFT 0.19 knows.</summary>
/// <param name="Name">As the file writes it.</param>
/// <param name="Type">What it takes.</param>
/// <param name="IsSupported">Whether it is understood here, or changes nothing of what a loaded adapter computes.</param>
public sealed record AdapterField(string Name, FieldType Type, bool IsSupported = false)
{
    private static readonly FieldType Names = Text.Or(ListOf(Text)).OrNull;

    /// <summary>All of them: LoraConfig's and those that every PEFT config has.</summary>
    public static IReadOnlyList<AdapterField> All { get; } =
    [
        new("peft_type", Text, IsSupported: true),
        new("task_type", Text.OrNull, IsSupported: true),
        new("auto_mapping", FieldType.Object.OrNull, IsSupported: true),
        new("peft_version", Text.OrNull, IsSupported: true),
        new("base_model_name_or_path", Text.OrNull, IsSupported: true),
        new("revision", Text.OrNull, IsSupported: true),
        new("inference_mode", Bool.OrNull, IsSupported: true),
        new("r", Integer, IsSupported: true),
        new("target_modules", Names, IsSupported: true),
        new("exclude_modules", Names, IsSupported: true),
        new("lora_alpha", Number, IsSupported: true),
        new("lora_dropout", Number, IsSupported: true),
        new("fan_in_fan_out", Bool.OrNull, IsSupported: true),
        new("bias", Text, IsSupported: true),
        new("use_rslora", Bool.OrNull, IsSupported: true),
        new("modules_to_save", ListOf(Text).OrNull, IsSupported: true),
        new("init_lora_weights", Bool.Or(Text).OrNull, IsSupported: true),
        new("layers_to_transform", Integer.Or(ListOf(Integer)).OrNull, IsSupported: true),
        new("layers_pattern", Names, IsSupported: true),
        new("rank_pattern", MapOf(Integer).OrNull, IsSupported: true),
        new("alpha_pattern", MapOf(Number).OrNull, IsSupported: true),
        new("megatron_config", FieldType.Object.OrNull),
        new("megatron_core", Text.OrNull, IsSupported: true),
        new("trainable_token_indices", ListOf(Integer).Or(MapOf(ListOf(Integer))).OrNull),
        new("loftq_config", FieldType.Object.OrNull, IsSupported: true),   // the same
        new("eva_config", FieldType.Object.OrNull, IsSupported: true),     // of effect on how an adapter begins alone
        new("corda_config", FieldType.Object.OrNull),
        new("lora_ga_config", FieldType.Object.OrNull),
        new("velora_config", FieldType.Object.OrNull),
        new("monteclora_config", FieldType.Object.OrNull),
        new("arrow_config", FieldType.Object.OrNull),
        new("kasa_config", FieldType.Object.OrNull),
        new("use_dora", Bool.OrNull, IsSupported: true),
        new("alora_invocation_tokens", ListOf(Integer).OrNull),
        new("use_qalora", Bool.OrNull),
        new("qalora_group_size", Integer.OrNull, IsSupported: true),   // of effect with use_qalora alone
        new("layer_replication", ListOf(ListOf(Integer)).OrNull),
        new("lora_bias", Bool.OrNull, IsSupported: true),
        new("target_parameters", Names),
        new("use_bdlora", Bool.Or(FieldType.Object).OrNull),
        new("ensure_weight_tying", Bool.OrNull),
    ];
}

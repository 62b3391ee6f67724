using QLoraGen.Checkpoints;

namespace QLoraGen;

/// <summary>
/// What decides in place of a model's policy how its weights are stored: a checkpoint that is quantized already, or a config that
/// says so.
/// </summary>
internal static class StoredForms
{
    /// <summary>Null where the model's policy decides.</summary>
    /// <exception cref="QLoraException">The checkpoint is quantized, and its config does not say so, or full precision is asked for.</exception>
    public static Forms? Of(ModelConfig config, Checkpoint? checkpoint, QuantFormat? format)
    {
        if (checkpoint is not { IsPacked: true })
        {
            return config.QuantizationConfig is { } wanted && format is not null ? Wanted(wanted) : null;
        }
        if (config.QuantizationConfig is not { } said)
        {
            throw new QLoraException($"{checkpoint.Folder}: the weights are in bitsandbytes' 4 bits, but config.json has no quantization_config: "
                + "fetch the config.json that belongs to them.");
        }
        return format is not null
            ? (name, tensor, _) => Stored(checkpoint, said, name, tensor)
            : throw new QLoraException($"{checkpoint.Folder}: the weights are in {Said(said)} already, and full precision cannot be had from them. "
                + "Use the model's original checkpoint, or load this one in its own format.");
    }

    // To be quantized here, to what the config says.
    private static Forms Wanted(QuantizationConfig config) => (name, tensor, policy) =>
        config.Skips(name.EndsWith($".{tensor.Name}", StringComparison.Ordinal) ? name[..^(tensor.Name.Length + 1)] : name) ? null : policy;

    private static WeightForm? Stored(Checkpoint checkpoint, QuantizationConfig said, string name, FrozenTensor tensor)
    {
        if (PackedWeight.Find(checkpoint, name, tensor.Shape)?.Form is not { } form)
        {
            return null;
        }
        if (tensor.Owner is not Linear)
        {
            throw checkpoint.Wrong(name, $"is quantized, but here only linear layers are, and this belongs to a {tensor.Owner.GetType().Name}. "
                + "Use the model's original checkpoint.");
        }
        return form.Format == said.FormatWith(form.Format.BlockSize) ? form : throw checkpoint.Wrong(
            name, $"is in {Said(form.Format.Type, form.Format.DoubleQuant)}, but config.json's quantization_config says {Said(said)}; bnb_4bit_quant_type "
                + "and bnb_4bit_use_double_quant mean fp4 and false where they are left out. Set the two keys as the weights are, or fetch the "
                + "config.json that belongs to them.");
    }

    private static string Said(QuantizationConfig config) => Said(config.Type, config.Bnb4BitUseDoubleQuant);

    private static string Said(QuantType type, bool doubleQuant) =>
        $"{QuantStateJson.NameOf(type)} {(doubleQuant ? "with" : "without")} double quantization";
}

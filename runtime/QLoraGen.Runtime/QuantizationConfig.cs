using System.Text.Json.Serialization;

namespace QLoraGen;

/// <summary>
/// A config.json's <c>quantization_config</c> as Transformers writes it for bitsandbytes: its weights are stored in 4 bits, or
/// are to be. Where keys are left out, bitsandbytes' own defaults hold: fp4, and no double quantization.
/// </summary>
public sealed record QuantizationConfig
{
    private const string Method = "bitsandbytes";

    /// <summary>The method: <c>bitsandbytes</c>, or left out beside <see cref="LoadIn4Bit"/>.</summary>
    public string? QuantMethod { get; init; }

    /// <summary>Whether linear weights are in 4 bits; the one form of bitsandbytes that is read here.</summary>
    [JsonPropertyName("load_in_4bit")]
    public bool LoadIn4Bit { get; init; }

    /// <summary>Whether linear weights are in 8 bits (LLM.int8), which is refused.</summary>
    [JsonPropertyName("load_in_8bit")]
    public bool LoadIn8Bit { get; init; }

    /// <summary>The 4-bit type: <c>nf4</c> or <c>fp4</c>.</summary>
    [JsonPropertyName("bnb_4bit_quant_type")]
    public string Bnb4BitQuantType { get; init; } = "fp4";

    /// <summary>Whether absmax are quantized to 8 bits in turn.</summary>
    [JsonPropertyName("bnb_4bit_use_double_quant")]
    public bool Bnb4BitUseDoubleQuant { get; init; }

    /// <summary>Modules that stay in full precision; null is Transformers' own choice, the output head.</summary>
    [JsonPropertyName("llm_int8_skip_modules")]
    public IReadOnlyList<string>? LlmInt8SkipModules { get; init; }

    /// <summary>The 4-bit type that weights are stored in.</summary>
    [JsonIgnore]
    public QuantType Type => Bnb4BitQuantType == "nf4" ? QuantType.NF4 : QuantType.FP4;

    /// <summary>The format of the weights; the file does not say the block size, each weight does.</summary>
    public QuantFormat FormatWith(int blockSize) => new(Type, blockSize, Bnb4BitUseDoubleQuant);

    /// <summary>Whether a module stays in full precision: a name in the list is a path, or whole names at its start, its end or inside it.</summary>
    /// <param name="path">The module's path, such as <c>model.layers.0.mlp.down_proj</c>.</param>
    public bool Skips(string path) =>
        LlmInt8SkipModules is not null && LlmInt8SkipModules.Any(name => name.Length > 0 && $".{path}.".Contains($".{name}.", StringComparison.Ordinal));

    /// <summary>Refuses what is not bitsandbytes in 4 bits.</summary>
    /// <exception cref="QLoraException">It is another method, or other bits.</exception>
    public void Validate()
    {
        const string Original = "Use the model's original checkpoint, in bfloat16 or float16.";
        if (QuantMethod is not (null or Method))
        {
            throw new QLoraException($"quantization_config.quant_method is {Shown.Quoted(QuantMethod)}: of quantized checkpoints those of "
                + $"{Method} in 4 bits are read, and no others. {Original}");
        }
        if (LoadIn8Bit)
        {
            throw new QLoraException($"quantization_config.load_in_8bit is true: 8-bit weights (LLM.int8) are not read, 4-bit ones are. {Original}");
        }
        if (!LoadIn4Bit)
        {
            throw new QLoraException(QuantMethod is null
                ? $"quantization_config has no quant_method, and load_in_4bit is not true: what it means is not known. {Original}"
                : $"quantization_config.load_in_4bit is not true: {Method}' 4-bit weights are read, and no others. {Original}");
        }
        if (Bnb4BitQuantType is not ("nf4" or "fp4"))
        {
            throw new QLoraException($"quantization_config.bnb_4bit_quant_type is {Shown.Quoted(Bnb4BitQuantType)}: nf4 and fp4 are known.");
        }
    }
}

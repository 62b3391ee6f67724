using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using QLoraGen.Rules;

namespace QLoraGen;

/// <summary>What every decoder's <c>config.json</c> holds, one property a key.</summary>
public abstract record ModelConfig : IJsonOnDeserialized
{
    // Each block is objects before it is weights: a number without bound would take all memory before any file is looked at.
    private const int MostLayers = 10_000;

    /// <summary>Tokens of the vocabulary.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Width of the model.</summary>
    public virtual required int HiddenSize { get; init; }

    /// <summary>Number of blocks.</summary>
    public virtual required int NumHiddenLayers { get; init; }

    /// <summary>Longest context that the model was trained on, in tokens.</summary>
    public virtual int MaxPositionEmbeddings { get; init; } = 2048;

    /// <summary>Data type of the checkpoint's weights: <c>float32</c>, <c>float16</c> or <c>bfloat16</c>.</summary>
    public string? TorchDtype { get; init; }

    /// <summary>The data type under its newer key.</summary>
    public string? Dtype { get; init; }

    /// <summary>How the checkpoint's weights are quantized already; null where they are not.</summary>
    public QuantizationConfig? QuantizationConfig { get; init; }

    /// <summary>The data type as checkpoints name it; bfloat16 where the config does not say.</summary>
    [JsonIgnore]
    public TensorDType WeightType => TensorDTypes.FromConfig(Dtype ?? TorchDtype) ?? throw new QLoraException(
        $"config.json: torch_dtype is '{Dtype ?? TorchDtype}': float32, float16 and bfloat16 are supported.");

    /// <summary>The length past which a cache of a text's beginning is of no use (<see cref="RopeScaling.ChangesAfter"/>); null where there is none.</summary>
    [JsonIgnore]
    public virtual int? CacheIsGoodFor => null;

    /// <summary>Refuses what this model would compute wrongly.</summary>
    /// <exception cref="QLoraException">A field asks for something that is not supported.</exception>
    public virtual void Validate()
    {
        Require(NumHiddenLayers <= MostLayers, KeyOf(nameof(NumHiddenLayers)), NumHiddenLayers, $"at most {MostLayers} are built");
        RequirePositive(
            (nameof(VocabSize), VocabSize), (nameof(HiddenSize), HiddenSize), (nameof(NumHiddenLayers), NumHiddenLayers),
            (nameof(MaxPositionEmbeddings), MaxPositionEmbeddings));
        QuantizationConfig?.Validate();
    }

    void IJsonOnDeserialized.OnDeserialized() => Validate();

    /// <summary>The key that a property is read from: its name in snake case, or the one that the model's own configs have for it.</summary>
    protected string KeyOf(string property) =>
        GetType().GetProperty(property)?.GetCustomAttribute<JsonPropertyNameAttribute>(inherit: false)?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    /// <summary>Throws where a number is not above 0.</summary>
    protected void RequirePositive(params ReadOnlySpan<(string Property, double Value)> numbers)
    {
        foreach ((string property, double value) in numbers)
        {
            Require(value > 0, KeyOf(property), value, "use a number above 0");
        }
    }

    /// <summary>Throws where a field's value is not supported.</summary>
    protected static void Require(bool supported, string key, object? value, string fix)
    {
        if (!supported)
        {
            throw new QLoraException($"{key} is {value ?? "null"}: {fix}.");
        }
    }

    /// <summary>Throws where a rule of the rulebook is broken.</summary>
    protected static void Require(Fault? fault)
    {
        if (fault is not null)
        {
            throw new QLoraException(fault);
        }
    }
}

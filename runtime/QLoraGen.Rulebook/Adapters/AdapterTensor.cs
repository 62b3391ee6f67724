namespace QLoraGen;

/// <summary>What a trained tensor is to its layer.</summary>
public enum AdapterRole
{
    /// <summary>A, [r, in].</summary>
    A,

    /// <summary>B, [out, r].</summary>
    B,

    /// <summary>The bias of B (<c>lora_bias</c>), [out].</summary>
    BiasOfB,

    /// <summary>DoRA's magnitude (<c>use_dora</c>), [out].</summary>
    Magnitude,

    /// <summary>The layer's own bias (<c>bias</c>).</summary>
    Bias,

    /// <summary>A tensor of a layer that is trained whole (<c>modules_to_save</c>).</summary>
    Whole,
}

/// <summary>One tensor that trains: what the arena has a view for, the plan counts, and an adapter's file holds.</summary>
/// <param name="Layer">Path of the layer.</param>
/// <param name="Role">What it is to the layer.</param>
/// <param name="Key">Of a bias or a layer trained whole, the frozen tensor whose place it takes; else empty.</param>
/// <param name="Name">Its name in adapter_model.safetensors, behind <c>base_model.model.</c>.</param>
/// <param name="Shape">Its sizes.</param>
public sealed record AdapterTensor(string Layer, AdapterRole Role, string Key, string Name, IReadOnlyList<long> Shape)
{
    private const string Bias = "bias";

    /// <summary>Whether files have its two dimensions the other way round.</summary>
    public bool IsStoredTransposed { get; init; }

    /// <summary>Its sizes in files.</summary>
    public IReadOnlyList<long> StoredShape => IsStoredTransposed ? [.. Shape.Reverse()] : Shape;

    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, static (product, size) => checked(product * size));

    /// <summary>What a config trains on a layer whose sizes are known, in the order of the arena.</summary>
    public static IEnumerable<AdapterTensor> Of(LoraConfig config, TargetLayer layer)
    {
        if (config.TrainsWhole(layer.Path))
        {
            return layer.Tensors.Select(tensor => new AdapterTensor(layer.Path, AdapterRole.Whole, tensor.Key, $"{layer.Path}.{tensor.Key}", tensor.Shape)
            {
                IsStoredTransposed = tensor.IsStoredTransposed,
            });
        }
        bool adapted = config.Trains(layer);
        IEnumerable<AdapterTensor> tensors = adapted ? Adapter(config, layer) : [];
        // PEFT wraps a layer that it adapts, so that the bias is then one of the layer inside.
        return config.TrainsBias(layer) && layer.Tensors.FirstOrDefault(static tensor => tensor.Key == Bias) is { } bias
            ? tensors.Append(new AdapterTensor(layer.Path, AdapterRole.Bias, Bias, $"{layer.Path}.{(adapted ? "base_layer." : "")}{Bias}", bias.Shape))
            : tensors;
    }

    private static IEnumerable<AdapterTensor> Adapter(LoraConfig config, TargetLayer layer)
    {
        (long r, long width, long height) = (config.RankOf(layer.Path), layer.InFeatures!.Value, layer.OutFeatures!.Value);
        (string infix, string suffix) = layer.IsEmbedding ? ("embedding_", "") : ("", ".weight");
        yield return Tensor(AdapterRole.A, $"lora_{infix}A{suffix}", r, width);
        yield return Tensor(AdapterRole.B, $"lora_{infix}B{suffix}", height, r);
        if (config.LoraBias && layer.IsLinear)
        {
            yield return Tensor(AdapterRole.BiasOfB, "lora_B.bias", height);
        }
        if (config.UseDora)
        {
            yield return Tensor(AdapterRole.Magnitude, "lora_magnitude_vector", height);
        }

        AdapterTensor Tensor(AdapterRole role, string name, params long[] shape) => new(layer.Path, role, "", $"{layer.Path}.{name}", shape);
    }
}

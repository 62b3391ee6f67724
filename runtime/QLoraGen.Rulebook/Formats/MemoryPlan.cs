namespace QLoraGen;

/// <summary>The memory of a fine-tune before it is begun, in bytes; activations are not counted.</summary>
public sealed record MemoryPlan
{
    /// <summary>Values of the base model.</summary>
    public required long Parameters { get; init; }

    /// <summary>Values that are stored in 4 bits.</summary>
    public required long QuantizedParameters { get; init; }

    /// <summary>Bytes of the quantized values with their scales.</summary>
    public required long QuantizedBytes { get; init; }

    /// <summary>The whole region: quantized weights with their scales, and everything in full precision.</summary>
    public required long FrozenBytes { get; init; }

    /// <summary>Values of A and B.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>The arena, fp32.</summary>
    public long AdapterBytes => TrainableParameters * sizeof(float);

    /// <summary>The gradients, fp32.</summary>
    public long GradientBytes => TrainableParameters * sizeof(float);

    /// <summary>AdamW's two moments, fp32.</summary>
    public long OptimizerBytes => TrainableParameters * 2 * sizeof(float);

    /// <summary>All of it.</summary>
    public long TotalBytes => FrozenBytes + AdapterBytes + GradientBytes + OptimizerBytes;

    /// <summary>What a quantized value costs with its share of the scales; 4.127 at block size 64 with double quantization.</summary>
    public double BitsPerQuantizedParameter => QuantizedParameters == 0 ? 0 : 8.0 * QuantizedBytes / QuantizedParameters;
}

namespace QLoraGen;

/// <summary>How a weight is quantized.</summary>
/// <param name="Format">Its 4-bit format.</param>
/// <param name="OwnMap">
/// The 256 values that its 8-bit absmax stand for, where a checkpoint brings a map that is not <see cref="Kernels.DynamicMap"/> to the
/// bit: builds of bitsandbytes disagree in its last bits, and the file's map recovers the file's absmax.
/// </param>
internal sealed record WeightForm(QuantFormat Format, float[]? OwnMap = null);

/// <summary>How a tensor will be stored; null is full precision.</summary>
/// <param name="name">The checkpoint's key.</param>
/// <param name="tensor">The tensor.</param>
/// <param name="policy">What the model's policy says.</param>
internal delegate WeightForm? Forms(string name, FrozenTensor tensor, WeightForm? policy);

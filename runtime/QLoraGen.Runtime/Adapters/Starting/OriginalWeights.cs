using QLoraGen.Checkpoints;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>The weights of a checkpoint as they were before quantization, read one at a time.</summary>
/// <param name="checkpoint">The checkpoint that the model was loaded from.</param>
public sealed unsafe class OriginalWeights(Checkpoint checkpoint)
{
    /// <summary>A linear layer's weight, fp32 [out, in].</summary>
    /// <param name="path">Path of the layer.</param>
    /// <param name="weight">The frozen weight.</param>
    /// <exception cref="QLoraException">The checkpoint holds it in no floating type, or in another shape.</exception>
    internal Tensor Read(string path, FrozenTensor weight)
    {
        Tensor values = empty(weight.StoredShape);
        checkpoint.Read($"{path}.{weight.Name}", weight.StoredShape, new Span<float>(TensorMemory.Floats(values), checked((int)weight.Count)));
        return weight.IsStoredTransposed ? values.t().contiguous() : values;
    }
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// A leaf of a model: it holds <see cref="FrozenTensor"/> properties, named as the checkpoint names them, and computes.
/// Its tensors exist from the moment the model is loaded; before that it knows their shapes alone, so that a model of
/// any size can be planned without memory for it.
/// </summary>
public abstract class Layer() : nn.Module(nameof(Layer))
{
    private readonly List<FrozenTensor> tensors = [];

    /// <summary>Its frozen tensors, in the order in which they were made.</summary>
    public IReadOnlyList<FrozenTensor> Tensors => tensors;

    /// <summary>What adapters can stand on it as: the width that goes in and the one that comes out; null where none can.</summary>
    internal virtual (int In, int Out)? AdapterSizes => null;

    /// <summary>The adapter that trains on this layer, or null.</summary>
    public LoraAdapter? Adapter { get; internal set; }

    /// <summary>Norms of the adapted weight, one for each output [out], as DoRA divides by them.</summary>
    internal virtual Tensor NormsWith(LoraAdapter adapter) => throw new InvalidOperationException("No adapter can stand on this layer.");

    internal void Add(FrozenTensor tensor) => tensors.Add(tensor);
}

using TorchSharp.Modules;

namespace QLoraGen;

/// <summary>One trained tensor, a view into the arena.</summary>
/// <param name="Tensor">What it is, and its name in an adapter's file.</param>
/// <param name="Layer">The layer that it belongs to.</param>
/// <param name="Value">Its values, fp32.</param>
public sealed record ArenaView(AdapterTensor Tensor, Layer Layer, Parameter Value)
{
    /// <summary>The type that it is saved in: of a loaded adapter, what its file had.</summary>
    public TensorDType SavedType { get; internal set; } = TensorDType.F32;

    /// <summary>The frozen tensor whose place it takes: of a bias, and of a layer that is trained whole.</summary>
    internal FrozenTensor? Replaced => Tensor.Key.Length == 0 ? null : Layer.Tensors.First(tensor => tensor.Name == Tensor.Key);
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// A leaf of a model: it holds <see cref="FrozenTensor"/> properties, named as the checkpoint names them, and computes.
/// Its tensors exist from the moment the model is loaded; before that it knows their shapes alone, so that a model of
/// any size can be planned without memory for it.
/// </summary>
public abstract class Layer() : nn.Module(nameof(Layer));

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Layer normalization over the last dimension, with scale and shift (arXiv 1607.06450).</summary>
public sealed class LayerNorm : Layer
{
    private readonly long[] shape;
    private readonly double eps;

    /// <summary>A norm without values yet.</summary>
    /// <param name="hiddenSize">Width that is normalized.</param>
    /// <param name="eps">Added to the variance.</param>
    public LayerNorm(int hiddenSize, double eps)
    {
        (shape, this.eps) = ([hiddenSize], eps);
        Weight = new FrozenTensor(this, "weight", hiddenSize) { Start = 1 };
        Bias = new FrozenTensor(this, "bias", hiddenSize) { Start = 0 };
    }

    /// <summary>The scale, [hiddenSize].</summary>
    [TensorShape("hiddenSize")]
    public FrozenTensor Weight { get; }

    /// <summary>The shift, [hiddenSize].</summary>
    [TensorShape("hiddenSize")]
    public FrozenTensor Bias { get; }

    /// <summary>Normalized x, of x's shape.</summary>
    public Tensor Forward(Tensor x) =>
        nn.functional.layer_norm(x, shape, Weight.Dense!.to(x.dtype), Bias.Dense!.to(x.dtype), eps);
}

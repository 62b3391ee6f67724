using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Root mean square normalization over the last dimension (arXiv 1910.07467).</summary>
public sealed class RMSNorm : Layer
{
    private readonly double eps;

    /// <summary>A norm without values yet.</summary>
    /// <param name="hiddenSize">Width that is normalized.</param>
    /// <param name="eps">Added to the mean square.</param>
    public RMSNorm(int hiddenSize, double eps)
    {
        this.eps = eps;
        Weight = new FrozenTensor(this, "weight", hiddenSize);
    }

    /// <summary>The scale, [hiddenSize].</summary>
    [TensorShape("hiddenSize")]
    public FrozenTensor Weight { get; }

    /// <summary>Normalized x, of x's shape.</summary>
    public Tensor Forward(Tensor x)
    {
        using Tensor square = x.square();
        using Tensor mean = square.mean([-1], keepdim: true);
        return x * (mean + eps).rsqrt() * Weight.Dense!;
    }
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>Root mean square normalization over the last dimension (arXiv 1910.07467).</summary>
public sealed class RMSNorm : Layer
{
    private readonly double eps;
    private readonly bool unitOffset;

    /// <summary>A norm without values yet.</summary>
    /// <param name="hiddenSize">Width that is normalized.</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <param name="unitOffset">Whether the scale is 1 + weight, as Gemma's checkpoints store it.</param>
    public RMSNorm(int hiddenSize, double eps, bool unitOffset = false)
    {
        (this.eps, this.unitOffset) = (eps, unitOffset);
        Weight = new FrozenTensor(this, "weight", hiddenSize) { Start = unitOffset ? 0 : 1 };
    }

    /// <summary>The scale, [hiddenSize].</summary>
    [TensorShape("hiddenSize")]
    public FrozenTensor Weight { get; }

    /// <summary>Normalized x, of x's shape.</summary>
    public Tensor Forward(Tensor x)
    {
        if (Fusing.Takes(x) && Weight.Dense is { requires_grad: false } frozen)
        {
            using var scope = NewDisposeScope();
            Tensor values = frozen.to(x.dtype);
            return FusedNorm.Apply(x, unitOffset ? values + 1 : values, eps).MoveToOuterDisposeScope();
        }
        using Tensor square = x.square();
        using Tensor mean = square.mean([-1], keepdim: true);
        Tensor normalized = x * (mean + eps).rsqrt();
        return unitOffset ? normalized * (Weight.Dense!.to(x.dtype) + 1) : normalized * Weight.Dense!;
    }
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// y = W x + b, with W [out, in] frozen in 4 bits or in full precision, plus (alpha / r) B (A x) where an adapter
/// stands on it. There is one Linear: how its weight is stored and whether it is adapted is the model's policy.
/// </summary>
public sealed class Linear : Layer
{
    /// <summary>A layer without weights yet.</summary>
    /// <param name="inFeatures">Width of x.</param>
    /// <param name="outFeatures">Width of y.</param>
    /// <param name="bias">Whether the checkpoint has a bias for it.</param>
    /// <param name="transposed">Whether the checkpoint stores W as [in, out], as GPT-2's Conv1D does.</param>
    public Linear(int inFeatures, int outFeatures, bool bias = false, bool transposed = false)
    {
        (InFeatures, OutFeatures) = (inFeatures, outFeatures);
        Weight = new FrozenTensor(this, "weight", outFeatures, inFeatures) { IsStoredTransposed = transposed };
        Bias = bias ? new FrozenTensor(this, "bias", outFeatures) { Start = 0 } : null;
    }

    /// <summary>Width of x.</summary>
    public int InFeatures { get; }

    /// <summary>Width of y.</summary>
    public int OutFeatures { get; }

    /// <summary>W, [out, in].</summary>
    [Quantizable, TensorShape("outFeatures", "inFeatures")]
    public FrozenTensor Weight { get; }

    /// <summary>b, [out], or null.</summary>
    [TensorShape("outFeatures")]
    public FrozenTensor? Bias { get; }

    /// <summary>The adapter that trains on this layer, or null.</summary>
    public LoraAdapter? Adapter { get; internal set; }

    /// <summary>Computes y [..., out] from x [..., in]; gradients flow to x, A and B.</summary>
    public Tensor Forward(Tensor x)
    {
        Tensor y = Weight.Dense is { requires_grad: true } trained
            ? nn.functional.linear(x, trained)   // pretraining: the weight itself learns
            : FrozenLinear.Apply(x, Weight, Adapter, training);
        return Bias is null ? y : y + Bias.Dense!.to(y.dtype);
    }
}

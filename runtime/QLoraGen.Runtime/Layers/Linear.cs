using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// y = W x + b, with W [out, in] frozen in 4 bits or in full precision, plus (alpha / r) B (A x) where an adapter
/// stands on it; with DoRA, m / norm(W + (alpha / r) B A) times both products (arXiv 2402.09353). There is one Linear: how
/// its weight is stored and whether it is adapted is the model's policy.
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

    /// <inheritdoc/>
    internal override (int In, int Out)? AdapterSizes => (InFeatures, OutFeatures);

    /// <inheritdoc/>
    internal override Tensor NormsWith(LoraAdapter adapter) => DoraNorm.OfRows(Weight, adapter);

    /// <summary>Computes y [..., out] from x [..., in]; gradients flow to x and to what the adapter trains.</summary>
    public Tensor Forward(Tensor x)
    {
        Tensor y = Weight.Dense is { requires_grad: true } trained
            ? nn.functional.linear(x, trained)   // trained whole: pretraining, or an adapter's copy
            : FrozenLinear.Apply(x, Weight, Adapter, training);
        if (Adapter is not null)
        {
            y = Adapter.Finish(y, this);
        }
        return Bias is null ? y : y + Bias.Dense!.to(y.dtype);
    }
}

using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary><see cref="RmsNormRows"/> as an autograd function of x: keeps x and a number a row, where libtorch keeps three copies of x.</summary>
internal sealed unsafe class FusedNorm : autograd.SingleTensorFunction<FusedNorm>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedNorm);

    /// <summary>Normalizes x over its last dimension; y has x's shape.</summary>
    /// <param name="x">fp32, on the CPU.</param>
    /// <param name="weight">fp32, of the last dimension; has no gradient.</param>
    /// <param name="eps">Added to the mean square.</param>
    public static Tensor Apply(Tensor x, Tensor weight, double eps)
    {
        using var scope = NewDisposeScope();
        Tensor rows = x.contiguous();
        return (Fusing.IsTracked(x) ? apply(rows, weight, eps) : Compute(rows, weight, eps).Y).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, var weight) = ((Tensor)vars[0], (Tensor)vars[1]);
        (Tensor y, Tensor inverse) = Compute(x, weight, (double)vars[2]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([x, weight, inverse]);
        return y;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput) => Autograd.Guarded(3, () =>
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor gy = gradOutput.contiguous(), gx = empty_like(gy);
        RmsNormRows.Backward(
            TensorMemory.Floats(gy), TensorMemory.Floats(saved[0]), TensorMemory.Floats(saved[1]), TensorMemory.Floats(saved[2]), TensorMemory.Floats(gx),
            Rows(gy), (int)gy.shape[^1]);
        return Autograd.Returned([gx, null, null], gradOutput);
    });

    private static (Tensor Y, Tensor Inverse) Compute(Tensor x, Tensor weight, double eps)
    {
        Tensor y = empty(x.shape), inverse = empty(Rows(x));
        RmsNormRows.Forward(
            TensorMemory.Floats(x), TensorMemory.Floats(weight), TensorMemory.Floats(y), TensorMemory.Floats(inverse), Rows(x), (int)x.shape[^1], eps);
        return (y, inverse);
    }

    private static int Rows(Tensor x) => checked((int)(x.numel() / x.shape[^1]));
}

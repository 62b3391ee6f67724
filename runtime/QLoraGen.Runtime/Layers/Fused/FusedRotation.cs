using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary><see cref="RotaryHeads"/> as an autograd function: keeps nothing but the table, for a rotation's gradient is the rotation back.</summary>
internal sealed unsafe class FusedRotation : autograd.SingleTensorFunction<FusedRotation>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedRotation);

    /// <summary>Rotates x [batch, heads, tokens, headDim].</summary>
    /// <param name="x">fp32, on the CPU, in any order.</param>
    /// <param name="rotation">[tokens, width]; cosines and sines of the second half are those of the first.</param>
    public static Tensor Apply(Tensor x, Rotation rotation)
    {
        using var scope = NewDisposeScope();
        return (Fusing.IsTracked(x) ? apply(x, rotation.Cos, rotation.Sin) : Turn(x, rotation.Cos, rotation.Sin, back: false)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, Tensor cos, Tensor sin) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([cos, sin]);
        return Turn(x, cos, sin, back: false);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput) => Autograd.Guarded(3, () =>
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        return Autograd.Returned([Turn(gradOutput, saved[0], saved[1], back: true), null, null], gradOutput);
    });

    // As heads lie behind one another within a token, so does the result: attention's output needs no copy then.
    private static Tensor Turn(Tensor given, Tensor cos, Tensor sin, bool back)
    {
        Tensor x = given.stride(3) == 1 ? given : given.contiguous();
        long[] shape = x.shape, stride = x.stride();
        var from = new HeadLayout(shape[0], shape[1], shape[2], shape[3], stride[0], stride[1], stride[2]);
        Tensor y = empty(shape[0], shape[2], shape[1], shape[3]);
        RotaryHeads.Rotate(
            TensorMemory.Floats(x), from, TensorMemory.Floats(y), TensorMemory.Floats(cos), TensorMemory.Floats(sin), (int)cos.shape[^1], back);
        return y.transpose(1, 2);
    }
}

using QLoraGen.Kernels;
using QLoraGen.Native;
using static TorchSharp.torch;

namespace QLoraGen;

/// <summary><see cref="SwiGlu"/> as an autograd function: keeps gate and up, and not silu(gate) besides.</summary>
internal sealed unsafe class FusedGate : autograd.SingleTensorFunction<FusedGate>
{
    /// <inheritdoc/>
    public override string Name => nameof(FusedGate);

    /// <summary>silu(gate) up, in their shape.</summary>
    /// <param name="gate">fp32, on the CPU.</param>
    /// <param name="up">Likewise.</param>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        using var scope = NewDisposeScope();
        (Tensor g, Tensor u) = (gate.contiguous(), up.contiguous());
        return (Fusing.IsTracked(gate) || Fusing.IsTracked(up) ? apply(g, u) : Compute(g, u)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor gate, var up) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([gate, up]);
        return Compute(gate, up);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput) => Autograd.Guarded(2, () =>
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor gy = gradOutput.contiguous(), gradientOfGate = empty_like(gy), gradientOfUp = empty_like(gy);
        SwiGlu.Backward(
            TensorMemory.Floats(gy), TensorMemory.Floats(saved[0]), TensorMemory.Floats(saved[1]), TensorMemory.Floats(gradientOfGate),
            TensorMemory.Floats(gradientOfUp), gy.numel());
        return Autograd.Returned([gradientOfGate, gradientOfUp], gradOutput);
    });

    private static Tensor Compute(Tensor gate, Tensor up)
    {
        Tensor y = empty(gate.shape);
        SwiGlu.Forward(TensorMemory.Floats(gate), TensorMemory.Floats(up), TensorMemory.Floats(y), y.numel());
        return y;
    }
}

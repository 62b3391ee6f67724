using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// A block that keeps only its input for the backward pass and computes everything else again there (activation checkpointing,
/// arXiv 1604.06174), with the random numbers of the first time: gradients have the same bits.
/// </summary>
internal sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
{
    private sealed record Context(Func<Tensor, Tensor> Block, bool NeedsInputGradient);

    /// <inheritdoc/>
    public override string Name => nameof(Recomputed);

    /// <summary>Computes block(x), whose shape need not be x's.</summary>
    public static Tensor Apply(Tensor x, Func<Tensor, Tensor> block)
    {
        using var scope = NewDisposeScope();
        // Libtorch asks for a backward pass only where an argument requires grad: x of a first block does not.
        Tensor token = zeros(0).requires_grad_();
        return apply(x, token, block).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor x, var block) = ((Tensor)vars[0], (Func<Tensor, Tensor>)vars[2]);
        ctx.set_materialize_grads(false);
        ctx.save_data(nameof(Context), new Context(block, x.requires_grad));
        ctx.save_for_backward([x, Generator.Default.get_state()]);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return block(x).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput) =>
        Autograd.Guarded(3, () => Autograd.Returned([Gradient(ctx, gradOutput), null, null], gradOutput));

    // A backward pass inside the backward pass: gradients of what trains in the block are added on the way.
    private static Tensor? Gradient(autograd.AutogradContext ctx, Tensor gradOutput)
    {
        using var scope = NewDisposeScope();
        var context = (Context)ctx.get_data(nameof(Context));
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor x = saved[0].detach().requires_grad_(context.NeedsInputGradient);
        Autograd.Backward(Again(context.Block, x, saved[1]), gradOutput);
        return context.NeedsInputGradient ? x.grad!.MoveToOuterDisposeScope() : null;
    }

    private static Tensor Again(Func<Tensor, Tensor> block, Tensor x, Tensor randomState)
    {
        Tensor now = Generator.Default.get_state();
        Generator.Default.set_state(randomState);
        try
        {
            using var _ = enable_grad();
            return block(x);
        }
        finally
        {
            Generator.Default.set_state(now);
        }
    }
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// y = dequant(W) x + scale B (A x) as an autograd function. Gradients flow to x, A and B; W has none, by construction.
/// </summary>
internal sealed class FrozenLinear : autograd.SingleTensorFunction<FrozenLinear>
{
    private sealed record Context(FrozenTensor Weight, LoraAdapter? Adapter, bool NeedsInputGradient, bool Dropped);

    /// <inheritdoc/>
    public override string Name => nameof(FrozenLinear);

    /// <summary>Computes y [..., N] from x [..., K].</summary>
    public static Tensor Apply(Tensor x, FrozenTensor weight, LoraAdapter? adapter, bool training)
    {
        using var scope = NewDisposeScope();   // the node's hidden copies die here
        Tensor flat = x.reshape(-1, x.shape[^1]).contiguous();
        bool tracked = is_grad_enabled() && (x.requires_grad || adapter is not null);
        Tensor y = !tracked ? Compute(flat, weight, adapter, training).Y
            : adapter is null ? apply(flat, weight, training)
            : apply(flat, weight, training, adapter, adapter.A, adapter.B);
        return y.reshape([.. x.shape[..^1], y.shape[1]]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var x = (Tensor)vars[0];
        var weight = (FrozenTensor)vars[1];
        LoraAdapter? adapter = vars.Length > 3 ? (LoraAdapter)vars[3] : null;
        (Tensor y, Tensor? h, Tensor? mask) = Compute(x, weight, adapter, (bool)vars[2]);
        ctx.set_materialize_grads(false);
        ctx.save_data(nameof(Context), new Context(weight, adapter, x.requires_grad, mask is not null));
        if (adapter is not null)
        {
            ctx.save_for_backward(mask is null ? [x, adapter.A, adapter.B, h!] : [x, adapter.A, adapter.B, h!, mask]);
        }
        return y;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput)
    {
        var context = (Context)ctx.get_data(nameof(Context));
        return Autograd.Guarded(context.Adapter is null ? 3 : 6, () => Gradients(ctx, context, gradOutput));
    }

    private static (Tensor Y, Tensor? H, Tensor? Mask) Compute(Tensor x, FrozenTensor weight, LoraAdapter? adapter, bool training)
    {
        if (adapter is null)
        {
            return (FrozenProduct.Multiply(x, weight), null, null);
        }
        Tensor? mask = adapter.DropoutMask(x, training);
        Tensor h = (mask is null ? x : x * mask).mm(adapter.A.t());
        return (FrozenProduct.Multiply(x, weight, h, adapter.B, adapter.Scale), h, mask);
    }

    private static List<Tensor> Gradients(autograd.AutogradContext ctx, Context context, Tensor gradOutput)
    {
        using var scope = NewDisposeScope();
        Tensor gy = gradOutput.contiguous();
        if (context.Adapter is not { } adapter)
        {
            return Autograd.Returned([context.NeedsInputGradient ? FrozenProduct.MultiplyTransposed(gy, context.Weight) : null, null, null], gradOutput);
        }
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor x, Tensor a, Tensor b, Tensor h) = (saved[0], saved[1], saved[2], saved[3]);
        Tensor? mask = context.Dropped ? saved[4] : null;
        Tensor gh = gy.mm(b);
        Tensor gA = gh.t().mm(mask is null ? x : x * mask).mul_(adapter.Scale);
        Tensor gB = gy.t().mm(h).mul_(adapter.Scale);
        Tensor? gx = !context.NeedsInputGradient ? null
            : mask is null ? FrozenProduct.MultiplyTransposed(gy, context.Weight, gh, a, adapter.Scale)
            : FrozenProduct.MultiplyTransposed(gy, context.Weight).addcmul_(gh.mm(a), mask, adapter.Scale);
        return Autograd.Returned([gx, null, null, null, gA, gB], gradOutput);
    }
}

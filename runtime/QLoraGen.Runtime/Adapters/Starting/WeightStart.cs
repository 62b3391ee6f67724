using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// First values of A and B that are computed from the weight W in full precision, with s the scale. PiSSA and OLoRA take s B A out of
/// the base: what is left is quantized in its place. LoftQ leaves the base and makes up for what quantization lost.
/// </summary>
internal static class WeightStart
{
    public static void Fill(string start, Linear layer, LoraAdapter adapter, OriginalWeights original, Generator generator)
    {
        using var scope = NewDisposeScope();
        Tensor weight = original.Read(adapter.Path, layer.Weight);
        long r = adapter.A.shape[0];
        switch (start)
        {
            case LoraStart.Loftq:
                Lost(layer, weight);
                Singular(Decompose(weight), adapter, r);
                return;
            case LoraStart.Olora:
                (Tensor q, Tensor rest) = linalg.qr(weight);
                adapter.B.copy_(q.narrow(1, 0, r));
                adapter.A.copy_(rest.narrow(0, 0, r));
                break;
            default:
                Singular(LoraStart.Iterations(start) is { } passes ? Iterate(weight, r, passes, generator) : Decompose(weight), adapter, r);
                break;
        }
        layer.Weight.Write(weight.addmm_(adapter.B, adapter.A, alpha: (float)-adapter.Scale));
    }

    private static (Tensor U, Tensor S, Tensor Vt) Decompose(Tensor weight) => linalg.svd(weight, fullMatrices: false);

    // s B A = U S V^T in its r largest parts, shared out evenly between A and B.
    private static void Singular((Tensor U, Tensor S, Tensor Vt) parts, LoraAdapter adapter, long r)
    {
        Tensor root = (parts.S.narrow(0, 0, r) / adapter.Scale).sqrt();
        adapter.A.copy_(parts.Vt.narrow(0, 0, r) * root.unsqueeze(1));
        adapter.B.copy_(parts.U.narrow(1, 0, r) * root);
    }

    // Leaves what quantization has lost of the weight.
    private static void Lost(Linear layer, Tensor weight)
    {
        FrozenTensor frozen = layer.Weight.Base;
        if (!frozen.IsQuantized)
        {
            throw new QLoraException("init_lora_weights is 'loftq', which makes up for what quantization loses, but the adapted weights are "
                + "in full precision: freeze them in 4 bits, or begin in another way.");
        }
        Tensor decoded = empty_like(weight);
        frozen.ReadRows(0, decoded);
        weight.sub_(decoded);
    }

    /// <summary>The r largest singular vectors by subspace iteration (Halko, Martinsson, Tropp 2011, algorithm 4.4).</summary>
    private static (Tensor U, Tensor S, Tensor Vt) Iterate(Tensor weight, long r, int passes, Generator generator)
    {
        (Tensor basis, _) = linalg.qr(weight.mm(empty(weight.shape[1], r).normal_(0, 1, generator)));
        for (int i = 0; i < passes; i++)
        {
            (Tensor other, _) = linalg.qr(weight.t().mm(basis));
            (basis, _) = linalg.qr(weight.mm(other));
        }
        (Tensor u, Tensor s, Tensor vt) = Decompose(basis.t().mm(weight));
        return (basis.mm(u), s, vt);
    }
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>First values of A and B that are drawn, as PEFT draws them.</summary>
internal static class RandomStart
{
    // Drawn on the CPU wherever the model is, so that a seed means the same values.
    public static void Fill(string start, Layer layer, LoraAdapter adapter, Generator generator)
    {
        (Tensor a, Tensor b, long r) = (adapter.A, adapter.B, adapter.A.shape[0]);
        if (layer is Embedding)
        {
            b.copy_(empty(b.shape).normal_(0, 1, generator));
            if (start == LoraStart.Random)
            {
                a.copy_(empty(a.shape).normal_(0, 1, generator));
            }
            return;
        }
        switch (start)
        {
            case LoraStart.Gaussian:
                a.copy_(empty(a.shape).normal_(0, 1.0 / r, generator));
                break;
            case LoraStart.Orthogonal:
                Orthogonal(a, b, generator);
                break;
            default:
                Kaiming(a);
                if (start == LoraStart.Random)
                {
                    Kaiming(b);
                }
                break;
        }

        // With a = sqrt(5): uniform within 1 / sqrt(inputs).
        void Kaiming(Tensor matrix)
        {
            double bound = 1 / Math.Sqrt(matrix.shape[1]);
            matrix.copy_(empty(matrix.shape).uniform_(-bound, bound, generator));
        }
    }

    // Odd rows of an orthogonal matrix for A and even ones for B: each product of one with the other is 0, and so is B A.
    private static void Orthogonal(Tensor a, Tensor b, Generator generator)
    {
        long r = a.shape[0];
        (Tensor q, _) = linalg.qr(empty(r, r).normal_(0, 1, generator));
        Tensor odd = q.index_select(0, arange(0, r, 2)), even = q.index_select(0, arange(1, r, 2));
        a.copy_(odd.t().mm(empty(r / 2, a.shape[1]).normal_(0, 0.1, generator)));
        b.copy_(empty(b.shape[0], r / 2).normal_(0, 0.1, generator).mm(even));
    }
}

using static TorchSharp.torch;

namespace QLoraGen;

/// <summary>
/// DoRA's norms of W + s B A without expanding either product whole: |w + s b A|^2 = |w|^2 + 2 s b (A w) + s^2 b (A A^T) b,
/// where A W^T goes through the 4-bit kernels as an input of r rows, and |w|^2 is read tile by tile, once.
/// </summary>
internal static class DoraNorm
{
    /// <summary>Norms of the rows of W + s B A for a linear layer, [out].</summary>
    public static Tensor OfRows(FrozenTensor weight, LoraAdapter adapter)
    {
        using IDisposable _ = no_grad();
        using var scope = NewDisposeScope();
        using Tensor crossed = FrozenProduct.Multiply(adapter.A.detach().contiguous(), weight);   // [r, out]
        Tensor cross = (crossed.t() * adapter.B).sum(1);
        return Root(weight.SquaredRows(), cross, adapter).MoveToOuterDisposeScope();
    }

    /// <summary>Norms of the columns of E + s (B A)^T for a table of embeddings E [vocabulary, width], [width].</summary>
    public static Tensor OfColumns(FrozenTensor table, LoraAdapter adapter)
    {
        using IDisposable _ = no_grad();
        using var scope = NewDisposeScope();
        (Tensor squares, Tensor crossed) = FrozenProduct.Columns(table, adapter.A);   // [width], [r, width]
        return Root(squares, (crossed.t() * adapter.B).sum(1), adapter).MoveToOuterDisposeScope();
    }

    private static Tensor Root(Tensor squares, Tensor cross, LoraAdapter adapter)
    {
        Tensor gram = adapter.A.mm(adapter.A.t());
        Tensor low = (adapter.B.mm(gram) * adapter.B).sum(1);
        // Where W and s B A cancel out, rounding could leave less than nothing.
        return (squares + (cross * (2 * adapter.Scale)) + (low * (adapter.Scale * adapter.Scale))).clamp_min(0).sqrt();
    }
}

namespace QLoraGen.Kernels;

/// <summary>
/// What an adapter adds to a product with a frozen weight, in the same pass: scale * left * right. It is
/// h B^T beside x W^T, where h = x A^T, and gh A beside gy W, where gh = gy B.
/// </summary>
/// <param name="left">[m, r], row by row: h or gh.</param>
/// <param name="right">Row by row, B as [N, r] or A as [r, K].</param>
/// <param name="rank">r; 0 adds nothing.</param>
/// <param name="scale">Multiplies the product: alpha / r, or alpha / sqrt(r).</param>
public readonly unsafe struct LowRank(float* left, float* right, int rank, float scale)
{
    /// <summary>[m, r], row by row.</summary>
    public float* Left => left;

    /// <summary>B as [N, r] or A as [r, K], row by row.</summary>
    public float* Right => right;

    /// <summary>r.</summary>
    public int Rank => rank;

    /// <summary>Multiplies the product.</summary>
    public float Scale => scale;

    /// <summary>The term of the rows from <paramref name="row"/> on.</summary>
    internal LowRank From(int row) => new(left + (long)row * rank, right, rank, scale);
}

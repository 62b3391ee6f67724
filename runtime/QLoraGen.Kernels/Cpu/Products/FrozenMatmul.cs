using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>
/// Products with a quantized weight W [N, K], decoded on the way and summed in fp32, for any number of rows. The results do
/// not depend on the number of threads. Safe to call from several threads at once.
/// </summary>
public static unsafe class FrozenMatmul
{
    /// <summary>y = x W^T + the term.</summary>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="x">[m, K], row by row.</param>
    /// <param name="m">Rows of x and y; 0 does nothing.</param>
    /// <param name="y">[m, N], row by row, overwritten; may not overlap x.</param>
    /// <param name="term">An adapter's h B^T: left [m, r], right [N, r].</param>
    /// <exception cref="ArgumentOutOfRangeException">m or the rank is negative.</exception>
    public static void Multiply(in QuantizedWeight w, float* x, int m, float* y, LowRank term = default) =>
        Multiply(w, x, m, y, term, Simd.Best);

    /// <summary>gx = gy W + the term: the gradient of x, given that of y.</summary>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="gy">[m, N], row by row.</param>
    /// <param name="m">Rows of gy and gx; 0 does nothing.</param>
    /// <param name="gx">[m, K], row by row, overwritten; may not overlap gy.</param>
    /// <param name="term">An adapter's gh A: left [m, r], right [r, K].</param>
    /// <exception cref="ArgumentOutOfRangeException">m or the rank is negative.</exception>
    public static void MultiplyTransposed(in QuantizedWeight w, float* gy, int m, float* gx, LowRank term = default) =>
        MultiplyTransposed(w, gy, m, gx, term, Simd.Best);

    /// <summary>y = x W^T + the term, on the level asked for.</summary>
    internal static void Multiply(in QuantizedWeight w, float* x, int m, float* y, LowRank term, SimdLevel level)
    {
        Check(m, term);
        switch (level)
        {
            case SimdLevel.Avx512: Products<Lanes512, Vector512<float>, Vector512<float>>.Multiply(w, x, m, y, term); break;
            case SimdLevel.Avx2: Products<Lanes256, Vector256<float>, Book256>.Multiply(w, x, m, y, term); break;
            case SimdLevel.Portable: Products<Lanes128, Vector128<float>, Book128>.Multiply(w, x, m, y, term); break;
            default:
                RowBufferProduct.Multiply(w, x, m, y, 0, w.Rows, level);
                RowBufferProduct.AddTerm(term, m, y, w.Rows, 0, w.Rows);
                break;
        }
    }

    /// <summary>gx = gy W + the term, on the level asked for.</summary>
    internal static void MultiplyTransposed(in QuantizedWeight w, float* gy, int m, float* gx, LowRank term, SimdLevel level)
    {
        Check(m, term);
        switch (level)
        {
            case SimdLevel.Avx512: Products<Lanes512, Vector512<float>, Vector512<float>>.MultiplyTransposed(w, gy, m, gx, term); break;
            case SimdLevel.Avx2: Products<Lanes256, Vector256<float>, Book256>.MultiplyTransposed(w, gy, m, gx, term); break;
            case SimdLevel.Portable: Products<Lanes128, Vector128<float>, Book128>.MultiplyTransposed(w, gy, m, gx, term); break;
            default: RowBufferProduct.MultiplyTransposed(w, gy, m, gx, term, level); break;
        }
    }

    private static void Check(int m, in LowRank term)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(term.Rank, nameof(term));
    }
}

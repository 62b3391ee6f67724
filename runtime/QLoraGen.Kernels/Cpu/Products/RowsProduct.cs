using System.Runtime.CompilerServices;

namespace QLoraGen.Kernels;

/// <summary>
/// y = x W^T for many rows of x. A chunk owns some rows of W: it decodes a slice of them into the second-level cache, once for
/// all rows of x, multiplies it with the packed x, panel by panel, and turns the sums, [n, m], round at the end.
/// </summary>
internal static unsafe class RowsProduct<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    /// <summary>Rows of x that share one decoding; more go in several passes.</summary>
    public const int MaxRows = 512;

    /// <summary>What a chunk's rows of W are a multiple of: whole tiles of either kind.</summary>
    public const int Unit = TileProduct<TLanes, TVector, TBook>.NarrowRows;

    /// <summary>The most rows of W in a chunk: their sums and values fit the second-level cache.</summary>
    public const int MaxChunk = 8 * Unit;

    private static int Depth => PackedRows<TLanes, TVector, TBook>.Depth;

    /// <summary>Floats that the packed x takes.</summary>
    public static long PackedLength(int m, int k, int rank) => (long)PackedRows<TLanes, TVector, TBook>.Padded(m) * (k + rank);

    /// <summary>Slices of the packed x, that of the low-rank term included.</summary>
    public static int Slices(int k, int rank) => (k + Depth - 1) / Depth + (rank > 0 ? 1 : 0);

    /// <summary>Packs slice <paramref name="slice"/> of x [m, k], or, behind the last of those, the term's left side.</summary>
    public static void Pack(in QuantizedWeight w, float* x, int m, in LowRank term, int slice, float* packed)
    {
        int first = slice * Depth;
        float* to = packed + (long)Math.Min(first, w.Cols) * PackedRows<TLanes, TVector, TBook>.Padded(m);
        if (first < w.Cols)
        {
            int depth = Math.Min(Depth, w.Cols - first);
            PackedRows<TLanes, TVector, TBook>.Fill(x, m, w.Cols, first, depth, 1, GoesInGroups(w), to);
        }
        else
        {
            PackedRows<TLanes, TVector, TBook>.Fill(term.Left, m, term.Rank, 0, term.Rank, term.Scale, inGroups: false, to);
        }
    }

    /// <summary>y[m, n] for the rows n from <paramref name="first"/> up to <paramref name="last"/> of the weight.</summary>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="packed">All slices of x.</param>
    /// <param name="m">Rows of x, at most <see cref="MaxRows"/>.</param>
    /// <param name="term">What is added.</param>
    /// <param name="y">[m, N].</param>
    /// <param name="first">The first row of the weight.</param>
    /// <param name="last">The row behind the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in QuantizedWeight w, float* packed, int m, in LowRank term, float* y, int first, int last)
    {
        int rows = last - first, padded = PackedRows<TLanes, TVector, TBook>.Padded(m);
        int whole = (rows + Unit - 1) / Unit * Unit;
        long ldc = padded + 16; // a power of two would put a column of the sums into one set of the cache
        float* values = Scratch.Row((long)whole * Math.Max(Depth, term.Rank) + whole * ldc);
        float* sums = values + (long)whole * Math.Max(Depth, term.Rank);
        bool inGroups = GoesInGroups(w);
        for (int k = 0; k < w.Cols; k += Depth)
        {
            int depth = Math.Min(Depth, w.Cols - k);
            for (int n = 0; n < rows; n++)
            {
                long start = (long)(first + n) * w.Cols + k;
                if (inGroups)
                {
                    Decoder<TLanes, TVector, TBook>.RunGroups(w, start, values + (long)n * depth, depth, 2 * TLanes.Count);
                }
                else
                {
                    Decoder<TLanes, TVector, TBook>.Run(w, start, values + (long)n * depth, depth);
                }
            }
            Multiply(values, rows, whole, depth, packed + (long)k * padded, m, sums, ldc, add: k > 0);
        }
        if (term.Rank > 0)
        {
            long length = (long)rows * term.Rank;
            new ReadOnlySpan<float>(term.Right + (long)first * term.Rank, checked((int)length)).CopyTo(new(values, (int)length));
            Multiply(values, rows, whole, term.Rank, packed + (long)w.Cols * padded, m, sums, ldc, add: true);
        }
        for (int i = 0; i < m; i++)
        {
            float* to = y + (long)i * w.Rows + first;
            for (int n = 0; n < rows; n++)
            {
                to[n] = sums[n * ldc + i];
            }
        }
    }

    // Lookups give groups; they can be stored as they come where no block and no row cuts one.
    private static bool GoesInGroups(in QuantizedWeight w) => w.Cols % (2 * TLanes.Count) == 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float* values, int rows, int whole, int depth, float* panel, int m, float* sums, long ldc, bool add)
    {
        new Span<float>(values + (long)rows * depth, (whole - rows) * depth).Clear();
        int width;
        for (int i = 0; i < m; i += width, panel += (long)depth * width)
        {
            width = PackedRows<TLanes, TVector, TBook>.Width(m - i);
            if (width == TLanes.Count)
            {
                for (int n = 0; n < whole; n += TileProduct<TLanes, TVector, TBook>.NarrowRows)
                {
                    TileProduct<TLanes, TVector, TBook>.Narrow(
                        values + (long)n * depth, depth, panel, width, depth, sums + n * ldc + i, ldc, add);
                }
                continue;
            }
            for (int n = 0; n < whole; n += TileProduct<TLanes, TVector, TBook>.WideRows)
            {
                TileProduct<TLanes, TVector, TBook>.Wide(
                    values + (long)n * depth, depth, panel, width, depth, sums + n * ldc + i, ldc, add, sort: false);
            }
        }
    }
}

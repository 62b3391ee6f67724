namespace QLoraGen.Kernels;

/// <summary>
/// gx = gy W. A chunk owns a band of columns: it decodes a slice of rows of W into panels of two registers in the second-level
/// cache, once for all rows of gy, and adds their products to gx in the order of the rows.
/// </summary>
internal static unsafe class ColumnsProduct<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    // Rows of W in a slice: a panel of two AVX-512 registers takes 32 KB of the first-level cache.
    private const int Depth = 256;

    private const int TileRows = TileProduct<TLanes, TVector, TBook>.WideRows;

    /// <summary>Columns of a panel.</summary>
    public static int Unit => 2 * TLanes.Count;

    /// <summary>The widest band: its panels fit the second-level cache.</summary>
    public static int MaxBand => 8 * Unit;

    /// <summary>gx[m, k] for the columns k from <paramref name="first"/>, a multiple of <see cref="Unit"/>, up to <paramref name="last"/>.</summary>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="gy">[m, N].</param>
    /// <param name="m">Rows of gy.</param>
    /// <param name="term">What is added.</param>
    /// <param name="gx">[m, K], overwritten.</param>
    /// <param name="first">The first column.</param>
    /// <param name="last">The column behind the last.</param>
    public static void Run(in QuantizedWeight w, float* gy, int m, in LowRank term, float* gx, int first, int last)
    {
        int width = (last - first + Unit - 1) / Unit * Unit;
        int depth = Math.Max(Depth, term.Rank);
        float* panels = Scratch.Row((long)width * depth + width + TileRows * (depth + Unit));
        float* row = panels + (long)width * depth, spare = row + width;
        for (int n = 0; n < w.Rows; n += Depth)
        {
            int rows = Math.Min(Depth, w.Rows - n);
            for (int i = 0; i < rows; i++)
            {
                Decoder<TLanes, TVector, TBook>.Run(w, (long)(n + i) * w.Cols + first, row, last - first);
                Spread(row, width, panels + (long)i * Unit, (long)rows * Unit);
            }
            Multiply(gy + n, w.Rows, m, panels, rows, gx, w.Cols, first, last, spare, add: n > 0);
        }
        if (term.Rank > 0)
        {
            for (int i = 0; i < term.Rank; i++)
            {
                for (int k = 0; k < last - first; k++)
                {
                    row[k] = term.Right[(long)i * w.Cols + first + k] * term.Scale;
                }
                Spread(row, width, panels + (long)i * Unit, (long)term.Rank * Unit);
            }
            Multiply(term.Left, term.Rank, m, panels, term.Rank, gx, w.Cols, first, last, spare, add: true);
        }
    }

    // One row of the band to its place in each panel.
    private static void Spread(float* row, int width, float* to, long panel)
    {
        for (float* end = row + width; row < end; row += Unit, to += panel)
        {
            TLanes.Store(TLanes.Load(row), to);
            TLanes.Store(TLanes.Load(row + TLanes.Count), to + TLanes.Count);
        }
    }

    private static void Multiply(
        float* a, int lda, int m, float* panel, int depth, float* gx, int ldc, int first, int last, float* spare, bool add)
    {
        for (int k = first; k < last; k += Unit, panel += (long)depth * Unit)
        {
            int columns = Math.Min(Unit, last - k);
            for (int i = 0; i < m; i += TileRows)
            {
                float* from = a + (long)i * lda, to = gx + (long)i * ldc + k;
                int rows = Math.Min(TileRows, m - i);
                if (rows == TileRows && columns == Unit)
                {
                    TileProduct<TLanes, TVector, TBook>.Wide(from, lda, panel, Unit, depth, to, ldc, add);
                }
                else
                {
                    MultiplyEdge(from, lda, rows, panel, depth, to, ldc, columns, spare, add);
                }
            }
        }
    }

    // A tile that gx or gy ends within: both sides go through a whole tile of their own.
    private static void MultiplyEdge(
        float* from, int lda, int rows, float* panel, int depth, float* to, int ldc, int columns, float* spare, bool add)
    {
        float* sums = spare, a = spare + TileRows * Unit;
        for (int i = 0; i < TileRows; i++)
        {
            var line = new Span<float>(a + i * depth, depth);
            if (i < rows)
            {
                new ReadOnlySpan<float>(from + (long)i * lda, depth).CopyTo(line);
            }
            else
            {
                line.Clear();
            }
        }
        TileProduct<TLanes, TVector, TBook>.Wide(a, depth, panel, Unit, depth, sums, Unit, add: false);
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < columns; k++)
            {
                float* at = to + (long)i * ldc + k;
                *at = add ? *at + sums[i * Unit + k] : sums[i * Unit + k];
            }
        }
    }
}

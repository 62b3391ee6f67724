using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

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

    // Rows of W whose codes are fetched before they are decoded.
    private const int Ahead = 8;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in QuantizedWeight w, float* gy, int m, in LowRank term, float* gx, int first, int last)
    {
        int width = (last - first + Unit - 1) / Unit * Unit;
        int depth = Math.Max(Depth, term.Rank);
        float* panels = Scratch.Row((long)width * depth + width + TileRows * (depth + Unit));
        float* row = panels + (long)width * depth, spare = row + width;
        bool inGroups = w.Cols % Unit == 0;
        var band = new Band(gx, w.Cols, first, last, spare);
        for (int n = 0; n < w.Rows; n += Depth)
        {
            int rows = Math.Min(Depth, w.Rows - n);
            for (int i = 0; i < rows; i++)
            {
                long start = (long)(n + i) * w.Cols + first;
                float* to = panels + (long)i * Unit;
                if (inGroups)
                {
                    Fetch(w, start + (long)Ahead * w.Cols, last - first);
                    Decoder<TLanes, TVector, TBook>.RunGroups(w, start, to, last - first, (long)rows * Unit);
                }
                else
                {
                    Decoder<TLanes, TVector, TBook>.Run(w, start, row, last - first);
                    Spread(row, width, to, (long)rows * Unit);
                }
            }
            Multiply(gy + n, w.Rows, m, panels, rows, band, add: n > 0, inGroups);
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
            Multiply(term.Left, term.Rank, m, panels, term.Rank, band, add: true, inGroups: false);
        }
    }

    // A band's codes of consecutive rows lie far apart, which the hardware does not foresee.
    private static void Fetch(in QuantizedWeight w, long start, int count)
    {
        for (long at = start / 2, end = Math.Min((start + count) / 2, w.Count / 2); Sse.IsSupported && at < end; at += QuantSlot.Alignment)
        {
            Sse.Prefetch0(w.Codes + at);
        }
    }

    // One row of the band to its place in each panel.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(float* row, int width, float* to, long panel)
    {
        for (float* end = row + width; row < end; row += Unit, to += panel)
        {
            TLanes.Store(TLanes.Load(row), to);
            TLanes.Store(TLanes.Load(row + TLanes.Count), to + TLanes.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float* a, int lda, int m, float* panel, int depth, in Band band, bool add, bool inGroups)
    {
        for (int k = band.First; k < band.Last; k += Unit, panel += (long)depth * Unit)
        {
            int columns = Math.Min(Unit, band.Last - k);
            for (int i = 0; i < m; i += TileRows)
            {
                float* from = a + (long)i * lda, to = band.Gx + (long)i * band.Ldc + k;
                int rows = Math.Min(TileRows, m - i);
                if (rows == TileRows && columns == Unit)
                {
                    TileProduct<TLanes, TVector, TBook>.Wide(from, lda, panel, Unit, depth, to, band.Ldc, add, inGroups);
                    continue;
                }

                // A tile that gx or gy ends within: both sides go through a whole tile of their own.
                float* sums = band.Spare, whole = band.Spare + TileRows * Unit;
                FillRows(from, lda, rows, depth, whole);
                TileProduct<TLanes, TVector, TBook>.Wide(whole, depth, panel, Unit, depth, sums, Unit, add: false, inGroups);
                Put(sums, rows, columns, to, band.Ldc, add);
            }
        }
    }

    private static void FillRows(float* from, int lda, int rows, int depth, float* to)
    {
        for (int i = 0; i < TileRows; i++)
        {
            var line = new Span<float>(to + i * depth, depth);
            if (i < rows)
            {
                new ReadOnlySpan<float>(from + (long)i * lda, depth).CopyTo(line);
            }
            else
            {
                line.Clear();
            }
        }
    }

    private static void Put(float* sums, int rows, int columns, float* to, int ldc, bool add)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int k = 0; k < columns; k++)
            {
                float* at = to + (long)i * ldc + k;
                *at = add ? *at + sums[i * Unit + k] : sums[i * Unit + k];
            }
        }
    }

    /// <summary>Where a chunk's sums go, and room for one tile of either side.</summary>
    private readonly struct Band(float* gx, int ldc, int first, int last, float* spare)
    {
        public float* Gx => gx;

        public int Ldc => ldc;

        public int First => first;

        public int Last => last;

        public float* Spare => spare;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// y = x W^T for few rows of x and weights whose rows are whole blocks: the codes go from memory to registers and are never
/// written out. Two rows of W go together, so that x is read half as often, and a tile of rows of x uses each decoded value.
/// </summary>
internal static unsafe class FusedRows<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    // Bytes ahead of the codes in use: covers the memory's latency, and the hardware stops at each page.
    private const int Prefetch = 2048;

    // Values that share a lookup table.
    private const int Run = QuantFormat.MinBlockSize;

    private static int Group => 2 * TLanes.Count;

    /// <summary>Whether the rows of the weight are whole blocks, and the vectors wide enough.</summary>
    public static bool Takes(in QuantizedWeight w) => TLanes.Count >= 8 && w.Cols % w.Format.FusedUnit == 0;

    /// <summary>y[m, n] for the rows n from <paramref name="first"/> up to <paramref name="last"/> of the weight.</summary>
    /// <param name="w">The weight; K is a multiple of the block size.</param>
    /// <param name="grouped">x as <see cref="GroupedRows"/> lays it out for these lanes.</param>
    /// <param name="m">Rows of x.</param>
    /// <param name="y">[m, N].</param>
    /// <param name="first">The first row of the weight.</param>
    /// <param name="last">The row behind the last.</param>
    public static void Multiply(in QuantizedWeight w, float* grouped, int m, float* y, int first, int last)
    {
        int blocks = w.Cols / w.Format.BlockSize;
        float* room = Scratch.Row(AbsmaxTable.Length + 2L * blocks);
        var absmax = new AbsmaxRun(w, room);
        float* absmax0 = room + AbsmaxTable.Length, absmax1 = absmax0 + blocks;
        float* sums = stackalloc float[2 * GroupedRows.MaxTile];
        for (int n0 = first; n0 < last; n0 += 2)
        {
            int n1 = Math.Min(n0 + 1, last - 1); // an odd number of rows ends in the last row twice
            var rows = new Pair(
                w, n0, n1, absmax.Of((long)n0 * blocks, blocks, absmax0), absmax.Of((long)n1 * blocks, blocks, absmax1));
            float* x = grouped;
            for (int row = 0, tile; row < m; row += tile, x += (long)tile * w.Cols)
            {
                tile = GroupedRows.Tile(m - row, TLanes.Count);
                switch (tile)
                {
                    case 1: One(rows, x, sums); break;
                    case 4: Four(rows, x, sums); break;
                    default: Eight(rows, x, sums); break;
                }
                for (int i = 0; i < tile && row + i < m; i++)
                {
                    y[(long)(row + i) * w.Rows + n0] = sums[i];
                    y[(long)(row + i) * w.Rows + n1] = sums[tile + i];
                }
            }
        }
    }

    // Eight sums, so that no multiplication waits for the one before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(in Pair rows, float* x, float* sums)
    {
        TBook book = rows.Book;
        byte* codes0 = rows.Codes0, codes1 = rows.Codes1;
        TVector a0 = default, b0 = default, c0 = default, d0 = default;
        TVector a1 = default, b1 = default, c1 = default, d1 = default;
        for (int k = 0; k < rows.Length; k += 2 * Run)
        {
            Sse.Prefetch0(codes0 + Prefetch);
            Sse.Prefetch0(codes1 + Prefetch);
            TBook book0 = TLanes.Scale(book, rows.Absmax0[k >> rows.Shift]), book1 = TLanes.Scale(book, rows.Absmax1[k >> rows.Shift]);
            for (int group = 0; group < Run; group += Group, codes0 += TLanes.Count, codes1 += TLanes.Count, x += Group)
            {
                TVector even = TLanes.Load(x), odd = TLanes.Load(x + TLanes.Count);
                AddGroup(codes0, book0, even, odd, ref a0, ref b0);
                AddGroup(codes1, book1, even, odd, ref a1, ref b1);
            }
            if (rows.Shift == 5)
            {
                book0 = TLanes.Scale(book, rows.Absmax0[(k + Run) >> 5]);
                book1 = TLanes.Scale(book, rows.Absmax1[(k + Run) >> 5]);
            }
            for (int group = 0; group < Run; group += Group, codes0 += TLanes.Count, codes1 += TLanes.Count, x += Group)
            {
                TVector even = TLanes.Load(x), odd = TLanes.Load(x + TLanes.Count);
                AddGroup(codes0, book0, even, odd, ref c0, ref d0);
                AddGroup(codes1, book1, even, odd, ref c1, ref d1);
            }
        }
        sums[0] = TLanes.Sum(TLanes.Add(TLanes.Add(a0, b0), TLanes.Add(c0, d0)));
        sums[1] = TLanes.Sum(TLanes.Add(TLanes.Add(a1, b1), TLanes.Add(c1, d1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddGroup(byte* codes, in TBook book, TVector evenX, TVector oddX, ref TVector evenSum, ref TVector oddSum)
    {
        TLanes.Look(codes, book, out TVector even, out TVector odd);
        evenSum = TLanes.MultiplyAdd(even, evenX, evenSum);
        oddSum = TLanes.MultiplyAdd(odd, oddX, oddSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(in Pair rows, float* x, float* sums)
    {
        TBook book = rows.Book;
        byte* codes0 = rows.Codes0, codes1 = rows.Codes1;
        TVector a0 = default, b0 = default, c0 = default, d0 = default;
        TVector a1 = default, b1 = default, c1 = default, d1 = default;
        for (int k = 0; k < rows.Length; k += Run)
        {
            Sse.Prefetch0(codes0 + Prefetch);
            Sse.Prefetch0(codes1 + Prefetch);
            TBook book0 = TLanes.Scale(book, rows.Absmax0[k >> rows.Shift]), book1 = TLanes.Scale(book, rows.Absmax1[k >> rows.Shift]);
            for (int group = 0; group < Run; group += Group, codes0 += TLanes.Count, codes1 += TLanes.Count, x += 4 * Group)
            {
                TLanes.Look(codes0, book0, out TVector even0, out TVector odd0);
                TLanes.Look(codes1, book1, out TVector even1, out TVector odd1);
                Add(x, even0, odd0, even1, odd1, ref a0, ref a1);
                Add(x + Group, even0, odd0, even1, odd1, ref b0, ref b1);
                Add(x + 2 * Group, even0, odd0, even1, odd1, ref c0, ref c1);
                Add(x + 3 * Group, even0, odd0, even1, odd1, ref d0, ref d1);
            }
        }
        sums[0] = TLanes.Sum(a0);
        sums[1] = TLanes.Sum(b0);
        sums[2] = TLanes.Sum(c0);
        sums[3] = TLanes.Sum(d0);
        sums[4] = TLanes.Sum(a1);
        sums[5] = TLanes.Sum(b1);
        sums[6] = TLanes.Sum(c1);
        sums[7] = TLanes.Sum(d1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(in Pair rows, float* x, float* sums)
    {
        TBook book = rows.Book;
        byte* codes0 = rows.Codes0, codes1 = rows.Codes1;
        TVector a0 = default, b0 = default, c0 = default, d0 = default, e0 = default, f0 = default, g0 = default, h0 = default;
        TVector a1 = default, b1 = default, c1 = default, d1 = default, e1 = default, f1 = default, g1 = default, h1 = default;
        for (int k = 0; k < rows.Length; k += Run)
        {
            Sse.Prefetch0(codes0 + Prefetch);
            Sse.Prefetch0(codes1 + Prefetch);
            TBook book0 = TLanes.Scale(book, rows.Absmax0[k >> rows.Shift]), book1 = TLanes.Scale(book, rows.Absmax1[k >> rows.Shift]);
            for (int group = 0; group < Run; group += Group, codes0 += TLanes.Count, codes1 += TLanes.Count, x += 8 * Group)
            {
                TLanes.Look(codes0, book0, out TVector even0, out TVector odd0);
                TLanes.Look(codes1, book1, out TVector even1, out TVector odd1);
                Add(x, even0, odd0, even1, odd1, ref a0, ref a1);
                Add(x + Group, even0, odd0, even1, odd1, ref b0, ref b1);
                Add(x + 2 * Group, even0, odd0, even1, odd1, ref c0, ref c1);
                Add(x + 3 * Group, even0, odd0, even1, odd1, ref d0, ref d1);
                Add(x + 4 * Group, even0, odd0, even1, odd1, ref e0, ref e1);
                Add(x + 5 * Group, even0, odd0, even1, odd1, ref f0, ref f1);
                Add(x + 6 * Group, even0, odd0, even1, odd1, ref g0, ref g1);
                Add(x + 7 * Group, even0, odd0, even1, odd1, ref h0, ref h1);
            }
        }
        sums[0] = TLanes.Sum(a0);
        sums[1] = TLanes.Sum(b0);
        sums[2] = TLanes.Sum(c0);
        sums[3] = TLanes.Sum(d0);
        sums[4] = TLanes.Sum(e0);
        sums[5] = TLanes.Sum(f0);
        sums[6] = TLanes.Sum(g0);
        sums[7] = TLanes.Sum(h0);
        sums[8] = TLanes.Sum(a1);
        sums[9] = TLanes.Sum(b1);
        sums[10] = TLanes.Sum(c1);
        sums[11] = TLanes.Sum(d1);
        sums[12] = TLanes.Sum(e1);
        sums[13] = TLanes.Sum(f1);
        sums[14] = TLanes.Sum(g1);
        sums[15] = TLanes.Sum(h1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float* x, TVector even0, TVector odd0, TVector even1, TVector odd1, ref TVector sum0, ref TVector sum1)
    {
        TVector even = TLanes.Load(x), odd = TLanes.Load(x + TLanes.Count);
        sum0 = TLanes.MultiplyAdd(odd0, odd, TLanes.MultiplyAdd(even0, even, sum0));
        sum1 = TLanes.MultiplyAdd(odd1, odd, TLanes.MultiplyAdd(even1, even, sum1));
    }

    /// <summary>Two rows of the weight.</summary>
    private readonly struct Pair(in QuantizedWeight w, int n0, int n1, float* absmax0, float* absmax1)
    {
        /// <summary>The unscaled codebook.</summary>
        public readonly TBook Book = TLanes.Book(Codebook.Pointer(w.Format.Type));

        /// <summary>Their codes.</summary>
        public readonly byte* Codes0 = w.Codes + (long)n0 * w.Cols / 2, Codes1 = w.Codes + (long)n1 * w.Cols / 2;

        /// <summary>The absmax of their blocks.</summary>
        public readonly float* Absmax0 = absmax0, Absmax1 = absmax1;

        /// <summary>K.</summary>
        public readonly int Length = w.Cols;

        /// <summary>From a column to its block.</summary>
        public readonly int Shift = int.Log2(w.Format.BlockSize);
    }
}

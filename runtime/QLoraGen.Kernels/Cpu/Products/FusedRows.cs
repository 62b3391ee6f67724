using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// y = x W^T for weights whose rows are whole blocks: the codes go from memory to registers and are never written out. One
/// row of x scales each block's dot product. A tile of rows scales the decoded values, which then serve the whole tile; two
/// rows of the weight go together, so that x, which outgrows the first-level cache, is read half as often.
/// </summary>
internal static unsafe class FusedRows<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    // Bytes ahead of the codes in use: covers the memory's latency, and the hardware stops at each page.
    private const int Prefetch = 2048;

    /// <summary>Whether the rows of the weight are whole blocks, and the vectors wide enough.</summary>
    public static bool Takes(in QuantizedWeight w) => TLanes.Count >= 8 && w.Cols % w.Format.FusedUnit == 0;

    /// <summary>y[m, n] for the rows n from <paramref name="first"/> up to <paramref name="last"/> of the weight.</summary>
    /// <param name="w">The weight; K is a multiple of 64 and of the block size.</param>
    /// <param name="grouped">x as <see cref="GroupedRows"/> lays it out for these lanes.</param>
    /// <param name="m">Rows of x.</param>
    /// <param name="y">[m, N].</param>
    /// <param name="first">The first row of the weight.</param>
    /// <param name="last">The row behind the last.</param>
    public static void Run(in QuantizedWeight w, float* grouped, int m, float* y, int first, int last)
    {
        int steps = w.Cols / AbsmaxRun.Step;
        float* absmax0 = Scratch.Row(2L * steps), absmax1 = absmax0 + steps;
        float* sums = stackalloc float[2 * GroupedRows.MaxTile];
        for (int n0 = first; n0 < last; n0 += 2)
        {
            int n1 = Math.Min(n0 + 1, last - 1); // an odd number of rows ends in the last row twice
            if (m > GroupedRows.MaxSingles)
            {
                AbsmaxRun.Fill(w, (long)n0 * w.Cols, steps, absmax0);
                AbsmaxRun.Fill(w, (long)n1 * w.Cols, steps, absmax1);
            }
            float* x = grouped;
            for (int row = 0, tile; row < m; row += tile, x += (long)tile * w.Cols)
            {
                tile = GroupedRows.Tile(m - row, TLanes.Count);
                switch (tile)
                {
                    case 1:
                        sums[0] = One(w, x, n0);
                        sums[1] = One(w, x, n1);
                        break;
                    case 4: Four(w, x, n0, n1, absmax0, absmax1, sums); break;
                    default: Eight(w, x, n0, n1, absmax0, absmax1, sums); break;
                }
                for (int i = 0; i < tile && row + i < m; i++)
                {
                    y[(long)(row + i) * w.Rows + n0] = sums[i];
                    y[(long)(row + i) * w.Rows + n1] = sums[tile + i];
                }
            }
        }
    }

    private static byte* CodesOf(in QuantizedWeight w, int n) => w.Codes + (long)n * w.Cols / 2;

    // Recovers each absmax between the lookups, where it is free; decoding a row's absmax beforehand costs half as much again.
    private static float One(in QuantizedWeight w, float* x, int n)
    {
        TBook book = TLanes.Book(Codebook.Pointer(w.Format.Type));
        var absmax = new AbsmaxReader(w);
        int shift = int.Log2(w.Format.BlockSize);
        long at = (long)n * w.Cols;
        TVector sum0 = default, sum1 = default;
        byte* codes = CodesOf(w, n);
        for (float* end = x + w.Cols; x < end; x += 64, codes += 32, at += 64)
        {
            Sse.Prefetch0(codes + Prefetch);
            float scale0 = absmax[at >> shift];
            float scale1 = shift == 5 ? absmax[(at + 32) >> shift] : scale0;
            sum0 = TLanes.MultiplyAdd(Dot32(codes, x, book), TLanes.Broadcast(scale0), sum0);
            sum1 = TLanes.MultiplyAdd(Dot32(codes + 16, x + 32, book), TLanes.Broadcast(scale1), sum1);
        }
        return TLanes.Sum(TLanes.Add(sum0, sum1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Dot32(byte* codes, float* x, in TBook book)
    {
        TLanes.Look(codes, book, out TVector even, out TVector odd);
        TVector sum = TLanes.MultiplyAdd(odd, TLanes.Load(x + TLanes.Count), TLanes.Multiply(even, TLanes.Load(x)));
        if (TLanes.Count == 8)
        {
            TLanes.Look(codes + 8, book, out even, out odd);
            sum = TLanes.MultiplyAdd(even, TLanes.Load(x + 16), sum);
            sum = TLanes.MultiplyAdd(odd, TLanes.Load(x + 24), sum);
        }
        return sum;
    }

    private static void Four(in QuantizedWeight w, float* x, int n0, int n1, float* absmax0, float* absmax1, float* sums)
    {
        TBook book = TLanes.Book(Codebook.Pointer(w.Format.Type));
        byte* codes0 = CodesOf(w, n0), codes1 = CodesOf(w, n1);
        int group = 2 * TLanes.Count;
        TVector a0 = default, b0 = default, c0 = default, d0 = default;
        TVector a1 = default, b1 = default, c1 = default, d1 = default;
        for (int k = 0; k < w.Cols; k += group, codes0 += TLanes.Count, codes1 += TLanes.Count, x += 4 * group)
        {
            Sse.Prefetch0(codes0 + Prefetch);
            Scaled(codes0, absmax0[k / AbsmaxRun.Step], book, out TVector even0, out TVector odd0);
            Scaled(codes1, absmax1[k / AbsmaxRun.Step], book, out TVector even1, out TVector odd1);
            Add(x, even0, odd0, even1, odd1, ref a0, ref a1);
            Add(x + group, even0, odd0, even1, odd1, ref b0, ref b1);
            Add(x + 2 * group, even0, odd0, even1, odd1, ref c0, ref c1);
            Add(x + 3 * group, even0, odd0, even1, odd1, ref d0, ref d1);
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

    private static void Eight(in QuantizedWeight w, float* x, int n0, int n1, float* absmax0, float* absmax1, float* sums)
    {
        TBook book = TLanes.Book(Codebook.Pointer(w.Format.Type));
        byte* codes0 = CodesOf(w, n0), codes1 = CodesOf(w, n1);
        int group = 2 * TLanes.Count;
        TVector a0 = default, b0 = default, c0 = default, d0 = default, e0 = default, f0 = default, g0 = default, h0 = default;
        TVector a1 = default, b1 = default, c1 = default, d1 = default, e1 = default, f1 = default, g1 = default, h1 = default;
        for (int k = 0; k < w.Cols; k += group, codes0 += TLanes.Count, codes1 += TLanes.Count, x += 8 * group)
        {
            Sse.Prefetch0(codes0 + Prefetch);
            Scaled(codes0, absmax0[k / AbsmaxRun.Step], book, out TVector even0, out TVector odd0);
            Scaled(codes1, absmax1[k / AbsmaxRun.Step], book, out TVector even1, out TVector odd1);
            Add(x, even0, odd0, even1, odd1, ref a0, ref a1);
            Add(x + group, even0, odd0, even1, odd1, ref b0, ref b1);
            Add(x + 2 * group, even0, odd0, even1, odd1, ref c0, ref c1);
            Add(x + 3 * group, even0, odd0, even1, odd1, ref d0, ref d1);
            Add(x + 4 * group, even0, odd0, even1, odd1, ref e0, ref e1);
            Add(x + 5 * group, even0, odd0, even1, odd1, ref f0, ref f1);
            Add(x + 6 * group, even0, odd0, even1, odd1, ref g0, ref g1);
            Add(x + 7 * group, even0, odd0, even1, odd1, ref h0, ref h1);
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
    private static void Scaled(byte* codes, float absmax, in TBook book, out TVector even, out TVector odd)
    {
        TLanes.Look(codes, book, out TVector high, out TVector low);
        TVector scale = TLanes.Broadcast(absmax);
        even = TLanes.Multiply(high, scale);
        odd = TLanes.Multiply(low, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        float* x, TVector even0, TVector odd0, TVector even1, TVector odd1, ref TVector sum0, ref TVector sum1)
    {
        TVector even = TLanes.Load(x), odd = TLanes.Load(x + TLanes.Count);
        sum0 = TLanes.MultiplyAdd(odd0, odd, TLanes.MultiplyAdd(even0, even, sum0));
        sum1 = TLanes.MultiplyAdd(odd1, odd, TLanes.MultiplyAdd(even1, even, sum1));
    }
}

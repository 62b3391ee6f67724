using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// y = x W^T for weights whose rows are whole blocks: the codes go from memory to registers and are never written out. One
/// row of x scales each block's dot product; a tile of rows scales the decoded values, which then serve the whole tile.
/// </summary>
internal static unsafe class FusedRows<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    // Bytes ahead of the codes in use: covers the memory's latency, and the hardware stops at each page.
    private const int Prefetch = 2048;

    /// <summary>y[m, n] for the rows n from <paramref name="first"/> up to <paramref name="last"/> of the weight.</summary>
    /// <param name="w">The weight; K is a multiple of 64 and of the block size.</param>
    /// <param name="grouped">x as <see cref="GroupedRows"/> lays it out.</param>
    /// <param name="m">Rows of x.</param>
    /// <param name="y">[m, N].</param>
    /// <param name="first">The first row of the weight.</param>
    /// <param name="last">The row behind the last.</param>
    public static void Run(in QuantizedWeight w, float* grouped, int m, float* y, int first, int last)
    {
        float* sums = stackalloc float[GroupedRows.MaxTile];
        for (int row = 0, tile; row < m; row += tile)
        {
            tile = GroupedRows.Tile(m - row);
            int real = Math.Min(tile, m - row);
            for (int n = first; n < last; n++)
            {
                switch (tile)
                {
                    case 1: *sums = One(w, grouped, n); break;
                    case 4: Four(w, grouped, n, sums); break;
                    default: Eight(w, grouped, n, sums); break;
                }
                for (int i = 0; i < real; i++)
                {
                    y[(long)(row + i) * w.Rows + n] = sums[i];
                }
            }
            grouped += (long)tile * w.Cols;
        }
    }

    private static float One(in QuantizedWeight w, float* x, int n)
    {
        TBook book = TLanes.Book(Codebook.Pointer(w.Format.Type));
        var absmax = new AbsmaxReader(w);
        long start = (long)n * w.Cols;
        byte* codes = w.Codes + start / 2;
        int shift = int.Log2(w.Format.BlockSize);
        TVector sum0 = default, sum1 = default;
        for (int k = 0; k < w.Cols; k += 64, codes += 32, x += 64)
        {
            Sse.Prefetch0(codes + Prefetch);
            float scale0 = absmax[(start + k) >> shift];
            float scale1 = shift == 5 ? absmax[(start + k + 32) >> shift] : scale0;
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

    private static void Four(in QuantizedWeight w, float* x, int n, float* sums)
    {
        TBook book = TLanes.Book(Codebook.Pointer(w.Format.Type));
        var absmax = new AbsmaxReader(w);
        long start = (long)n * w.Cols;
        byte* codes = w.Codes + start / 2;
        int shift = int.Log2(w.Format.BlockSize), group = 2 * TLanes.Count;
        // Even and odd positions sum apart: eight chains hide the latency of the additions.
        TVector a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (int k = 0; k < w.Cols; k += group, codes += TLanes.Count, x += 4 * group)
        {
            Sse.Prefetch0(codes + Prefetch);
            Scaled(codes, absmax[(start + k) >> shift], book, out TVector even, out TVector odd);
            a = TLanes.MultiplyAdd(even, TLanes.Load(x), a);
            e = TLanes.MultiplyAdd(odd, TLanes.Load(x + TLanes.Count), e);
            b = TLanes.MultiplyAdd(even, TLanes.Load(x + group), b);
            f = TLanes.MultiplyAdd(odd, TLanes.Load(x + group + TLanes.Count), f);
            c = TLanes.MultiplyAdd(even, TLanes.Load(x + 2 * group), c);
            g = TLanes.MultiplyAdd(odd, TLanes.Load(x + 2 * group + TLanes.Count), g);
            d = TLanes.MultiplyAdd(even, TLanes.Load(x + 3 * group), d);
            h = TLanes.MultiplyAdd(odd, TLanes.Load(x + 3 * group + TLanes.Count), h);
        }
        sums[0] = TLanes.Sum(TLanes.Add(a, e));
        sums[1] = TLanes.Sum(TLanes.Add(b, f));
        sums[2] = TLanes.Sum(TLanes.Add(c, g));
        sums[3] = TLanes.Sum(TLanes.Add(d, h));
    }

    private static void Eight(in QuantizedWeight w, float* x, int n, float* sums)
    {
        TBook book = TLanes.Book(Codebook.Pointer(w.Format.Type));
        var absmax = new AbsmaxReader(w);
        long start = (long)n * w.Cols;
        byte* codes = w.Codes + start / 2;
        int shift = int.Log2(w.Format.BlockSize), group = 2 * TLanes.Count;
        TVector a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (int k = 0; k < w.Cols; k += group, codes += TLanes.Count, x += 8 * group)
        {
            Sse.Prefetch0(codes + Prefetch);
            Scaled(codes, absmax[(start + k) >> shift], book, out TVector even, out TVector odd);
            a = Add2(even, odd, x, a);
            b = Add2(even, odd, x + group, b);
            c = Add2(even, odd, x + 2 * group, c);
            d = Add2(even, odd, x + 3 * group, d);
            e = Add2(even, odd, x + 4 * group, e);
            f = Add2(even, odd, x + 5 * group, f);
            g = Add2(even, odd, x + 6 * group, g);
            h = Add2(even, odd, x + 7 * group, h);
        }
        sums[0] = TLanes.Sum(a);
        sums[1] = TLanes.Sum(b);
        sums[2] = TLanes.Sum(c);
        sums[3] = TLanes.Sum(d);
        sums[4] = TLanes.Sum(e);
        sums[5] = TLanes.Sum(f);
        sums[6] = TLanes.Sum(g);
        sums[7] = TLanes.Sum(h);
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
    private static TVector Add2(TVector even, TVector odd, float* x, TVector sum) =>
        TLanes.MultiplyAdd(odd, TLanes.Load(x + TLanes.Count), TLanes.MultiplyAdd(even, TLanes.Load(x), sum));
}

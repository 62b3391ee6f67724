using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// gx = gy W for weights whose rows are whole blocks. A chunk owns a band of columns and adds up the rows of W in order, four
/// at a time, into sums that stay in the first-level cache; even and odd positions lie apart until the end.
/// </summary>
internal static unsafe class FusedColumns<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    // Rows of gy that share one decoding: 8 * 512 sums are 16 KB of stack and cache.
    private const int Tile = 8;

    /// <summary>The widest band.</summary>
    public const int MaxBand = 512;

    /// <summary>gx[m, k] for the columns k from <paramref name="first"/> up to <paramref name="last"/>, both multiples of 32.</summary>
    public static void Run(in QuantizedWeight w, float* gy, int m, float* gx, int first, int last)
    {
        int width = last - first;
        float* absmax = stackalloc float[4 * (MaxBand / AbsmaxRun.Step)];
        float* sums = stackalloc float[Tile * MaxBand + AlignedPointer.Slack];
        sums = (float*)(((nuint)sums + (QuantSlot.Alignment - 1)) & ~(nuint)(QuantSlot.Alignment - 1));
        for (int row = 0; row < m; row += Tile)
        {
            int tile = Math.Min(Tile, m - row);
            new Span<float>(sums, tile * width).Clear();
            for (int n = 0; n < w.Rows; n += 4)
            {
                var rows = new FourRows(w, n, first, width, absmax);
                if (tile == 1)
                {
                    AddRowsOnce(rows, gy + (long)row * w.Rows, width, sums);
                }
                else
                {
                    AddRows(rows, gy + (long)row * w.Rows, tile, width, sums);
                }
            }
            for (int i = 0; i < tile; i++)
            {
                Ungroup(sums + i * width, gx + (long)(row + i) * w.Cols + first, width);
            }
        }
    }

    // One row of gy: its factor joins the absmax, so that a value costs one multiply-add.
    private static void AddRowsOnce(in FourRows rows, float* gy, int width, float* sums)
    {
        TBook book = TLanes.Book(rows.Codebook);
        byte* codes0 = rows.Codes0, codes1 = rows.Codes1, codes2 = rows.Codes2, codes3 = rows.Codes3;
        float* absmax0 = rows.Absmax0, absmax1 = rows.Absmax1, absmax2 = rows.Absmax2, absmax3 = rows.Absmax3;
        float gy0 = rows.Factor(gy, 0), gy1 = rows.Factor(gy, 1), gy2 = rows.Factor(gy, 2), gy3 = rows.Factor(gy, 3);
        long ahead = rows.Ahead;
        int group = 2 * TLanes.Count;
        for (int k = 0; k < width; k += group, sums += group)
        {
            int at = k / 2, step = k / AbsmaxRun.Step;
            Sse.Prefetch0(codes0 + at + ahead);
            Sse.Prefetch0(codes1 + at + ahead);
            Sse.Prefetch0(codes2 + at + ahead);
            Sse.Prefetch0(codes3 + at + ahead);
            TVector even = TLanes.Load(sums), odd = TLanes.Load(sums + TLanes.Count);
            Add(codes0 + at, absmax0[step] * gy0, book, ref even, ref odd);
            Add(codes1 + at, absmax1[step] * gy1, book, ref even, ref odd);
            Add(codes2 + at, absmax2[step] * gy2, book, ref even, ref odd);
            Add(codes3 + at, absmax3[step] * gy3, book, ref even, ref odd);
            TLanes.Store(even, sums);
            TLanes.Store(odd, sums + TLanes.Count);
        }
    }

    private static void AddRows(in FourRows rows, float* gy, int tile, int width, float* sums)
    {
        TBook book = TLanes.Book(rows.Codebook);
        byte* codes0 = rows.Codes0, codes1 = rows.Codes1, codes2 = rows.Codes2, codes3 = rows.Codes3;
        float* absmax0 = rows.Absmax0, absmax1 = rows.Absmax1, absmax2 = rows.Absmax2, absmax3 = rows.Absmax3;
        long ahead = rows.Ahead;
        int group = 2 * TLanes.Count;
        float* factors = stackalloc float[4 * Tile];
        for (int i = 0; i < 4 * tile; i++)
        {
            factors[i] = rows.Factor(gy + i / 4 * (long)rows.Rows, i % 4);
        }
        for (int k = 0; k < width; k += group)
        {
            int at = k / 2, step = k / AbsmaxRun.Step;
            Sse.Prefetch0(codes0 + at + ahead);
            Sse.Prefetch0(codes1 + at + ahead);
            Sse.Prefetch0(codes2 + at + ahead);
            Sse.Prefetch0(codes3 + at + ahead);
            Scaled(codes0 + at, absmax0[step], book, out TVector even0, out TVector odd0);
            Scaled(codes1 + at, absmax1[step], book, out TVector even1, out TVector odd1);
            Scaled(codes2 + at, absmax2[step], book, out TVector even2, out TVector odd2);
            Scaled(codes3 + at, absmax3[step], book, out TVector even3, out TVector odd3);
            float* sum = sums + k;
            for (float* factor = factors, end = factors + 4 * tile; factor < end; factor += 4, sum += width)
            {
                TVector even = TLanes.Load(sum), odd = TLanes.Load(sum + TLanes.Count);
                TVector gy0 = TLanes.Broadcast(factor[0]), gy1 = TLanes.Broadcast(factor[1]);
                TVector gy2 = TLanes.Broadcast(factor[2]), gy3 = TLanes.Broadcast(factor[3]);
                even = TLanes.MultiplyAdd(even0, gy0, even);
                odd = TLanes.MultiplyAdd(odd0, gy0, odd);
                even = TLanes.MultiplyAdd(even1, gy1, even);
                odd = TLanes.MultiplyAdd(odd1, gy1, odd);
                even = TLanes.MultiplyAdd(even2, gy2, even);
                odd = TLanes.MultiplyAdd(odd2, gy2, odd);
                TLanes.Store(TLanes.MultiplyAdd(even3, gy3, even), sum);
                TLanes.Store(TLanes.MultiplyAdd(odd3, gy3, odd), sum + TLanes.Count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(byte* codes, float scale, in TBook book, ref TVector even, ref TVector odd)
    {
        TLanes.Look(codes, book, out TVector high, out TVector low);
        TVector factor = TLanes.Broadcast(scale);
        even = TLanes.MultiplyAdd(high, factor, even);
        odd = TLanes.MultiplyAdd(low, factor, odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scaled(byte* codes, float absmax, in TBook book, out TVector even, out TVector odd)
    {
        TLanes.Look(codes, book, out TVector high, out TVector low);
        TVector scale = TLanes.Broadcast(absmax);
        even = TLanes.Multiply(high, scale);
        odd = TLanes.Multiply(low, scale);
    }

    private static void Ungroup(float* sums, float* to, int width)
    {
        int lanes = TLanes.Count;
        for (int start = 0; start < width; start += 2 * lanes)
        {
            for (int j = 0; j < lanes; j++)
            {
                to[start + 2 * j] = sums[start + j];
                to[start + 2 * j + 1] = sums[start + lanes + j];
            }
        }
    }
}

using System.Runtime.CompilerServices;

namespace QLoraGen.Kernels;

/// <summary>
/// Decodes runs of a weight with the machine's vectors: value = codebook[code] * absmax, one fp32 multiply. Every width
/// gives the same bits.
/// </summary>
internal static unsafe class Decoder<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    /// <summary>Values of a group.</summary>
    private static int Group => 2 * TLanes.Count;

    /// <summary>Decodes values <paramref name="start"/>, start + 1, ... of the flattened weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in QuantizedWeight w, long start, float* to, int count)
    {
        float* codebook = Codebook.Pointer(w.Format.Type);
        var absmax = new AbsmaxReader(w);
        for (BlockRun run = new(w, start, count); run.Length > 0; run = run.Next)
        {
            float scale = absmax[run.Block];
            TBook book = TLanes.Scale(TLanes.Book(codebook), scale);
            long at = run.Start, end = run.Start + run.Length;
            if ((at & 1) != 0)
            {
                *to++ = codebook[ScalarDecoder.CodeAt(w.Codes, at++)] * scale;
            }
            for (; at <= end - Group; at += Group, to += Group)
            {
                TLanes.Look(w.Codes + (at >> 1), book, out TVector first, out TVector second);
                TLanes.Sort(ref first, ref second);
                TLanes.Store(first, to);
                TLanes.Store(second, to + TLanes.Count);
            }
            for (; at < end; at++)
            {
                *to++ = codebook[ScalarDecoder.CodeAt(w.Codes, at)] * scale;
            }
        }
    }

    /// <summary>Decodes values <paramref name="start"/>, start + 1, ... to bfloat16: fp32 first, then to nearest even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in QuantizedWeight w, long start, ushort* to, int count)
    {
        float* codebook = Codebook.Pointer(w.Format.Type);
        var absmax = new AbsmaxReader(w);
        for (BlockRun run = new(w, start, count); run.Length > 0; run = run.Next)
        {
            float scale = absmax[run.Block];
            TBook book = TLanes.Scale(TLanes.Book(codebook), scale);
            long at = run.Start, end = run.Start + run.Length;
            if ((at & 1) != 0)
            {
                *to++ = ScalarDecoder.BFloat16(codebook[ScalarDecoder.CodeAt(w.Codes, at++)] * scale);
            }
            for (; at <= end - Group; at += Group, to += Group)
            {
                TLanes.Look(w.Codes + (at >> 1), book, out TVector first, out TVector second);
                TLanes.StoreBFloat16(first, second, to);
            }
            for (; at < end; at++)
            {
                *to++ = ScalarDecoder.BFloat16(codebook[ScalarDecoder.CodeAt(w.Codes, at)] * scale);
            }
        }
    }

    /// <summary>
    /// Decodes whole groups in the order in which a lookup gives them, which spares sorting them. The start and the count are
    /// multiples of the group.
    /// </summary>
    /// <param name="w">The weight.</param>
    /// <param name="start">The first value.</param>
    /// <param name="to">Where the first group goes.</param>
    /// <param name="count">Values.</param>
    /// <param name="stride">Floats from one group's place to the next one's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunGroups(in QuantizedWeight w, long start, float* to, int count, long stride)
    {
        TBook codebook = TLanes.Book(Codebook.Pointer(w.Format.Type));
        var absmax = new AbsmaxReader(w);
        int shift = int.Log2(w.Format.BlockSize);
        for (long at = start, end = start + count; at < end;)
        {
            long block = at >> shift, next = Math.Min(end, (block + 1) << shift);
            TBook book = TLanes.Scale(codebook, absmax[block]);
            for (; at < next; at += Group, to += stride)
            {
                TLanes.Look(w.Codes + (at >> 1), book, out TVector first, out TVector second);
                TLanes.Store(first, to);
                TLanes.Store(second, to + TLanes.Count);
            }
        }
    }
}

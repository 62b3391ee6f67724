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
    public static void RunGroups(in QuantizedWeight w, long start, float* to, int count)
    {
        TBook codebook = TLanes.Book(Codebook.Pointer(w.Format.Type));
        var absmax = new AbsmaxReader(w);
        for (BlockRun run = new(w, start, count); run.Length > 0; run = run.Next)
        {
            TBook book = TLanes.Scale(codebook, absmax[run.Block]);
            byte* codes = w.Codes + (run.Start >> 1);
            for (byte* end = codes + (run.Length >> 1); codes < end; codes += TLanes.Count, to += Group)
            {
                TLanes.Look(codes, book, out TVector first, out TVector second);
                TLanes.Store(first, to);
                TLanes.Store(second, to + TLanes.Count);
            }
        }
    }
}

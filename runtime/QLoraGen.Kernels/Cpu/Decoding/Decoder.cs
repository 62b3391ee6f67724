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
    public static void Run(in QuantizedWeight w, long start, float* to, int count) => Run<float, ToFloat>(w, start, to, count);

    /// <summary>Decodes values <paramref name="start"/>, start + 1, ... to bfloat16: fp32 first, then to nearest even.</summary>
    public static void Run(in QuantizedWeight w, long start, ushort* to, int count) => Run<ushort, ToBFloat16>(w, start, to, count);

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
        for (BlockRun run = new(w, start, count); run.Length > 0; run = run.Next)
        {
            TBook book = TLanes.Scale(codebook, absmax[run.Block]);
            byte* codes = w.Codes + (run.Start >> 1);
            for (byte* end = codes + (run.Length >> 1); codes < end; codes += TLanes.Count, to += stride)
            {
                TLanes.Look(codes, book, out TVector first, out TVector second);
                TLanes.Store(first, to);
                TLanes.Store(second, to + TLanes.Count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TValue, TOutput>(in QuantizedWeight w, long start, TValue* to, int count)
        where TValue : unmanaged where TOutput : struct, IOutput<TValue>
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
                *to++ = TOutput.Round(codebook[ScalarDecoder.CodeAt(w.Codes, at++)] * scale);
            }
            for (; at <= end - Group; at += Group, to += Group)
            {
                TLanes.Look(w.Codes + (at >> 1), book, out TVector first, out TVector second);
                TOutput.Store(first, second, to);
            }
            for (; at < end; at++)
            {
                *to++ = TOutput.Round(codebook[ScalarDecoder.CodeAt(w.Codes, at)] * scale);
            }
        }
    }

    // What the values are written as.
    private interface IOutput<TValue> where TValue : unmanaged
    {
        static abstract TValue Round(float value);

        static abstract void Store(TVector first, TVector second, TValue* to);
    }

    private readonly struct ToFloat : IOutput<float>
    {
        public static float Round(float value) => value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(TVector first, TVector second, float* to)
        {
            TLanes.Sort(ref first, ref second);
            TLanes.Store(first, to);
            TLanes.Store(second, to + TLanes.Count);
        }
    }

    private readonly struct ToBFloat16 : IOutput<ushort>
    {
        public static ushort Round(float value) => ScalarDecoder.BFloat16(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(TVector first, TVector second, ushort* to) => TLanes.StoreBFloat16(first, second, to);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// y = x W^T for a single row of x on AVX-512, bound by the memory or else by permutations: 64 bytes of codes are loaded as
/// sixteen integers of eight codes, and a shift brings each code in turn to the bits that the permutation reads. It takes 8
/// permutations for 128 values, where widening bytes first would take 12.
/// </summary>
internal static unsafe class SingleRow512
{
    /// <summary>Values that are decoded together.</summary>
    public const int Group = 128;

    // Bytes ahead of the codes in use: covers the memory's latency, and the hardware stops at each page.
    private const int Prefetch = 4096;

    /// <summary>Whether the weight's rows are whole groups and whole blocks, of 64 values or more.</summary>
    public static bool Takes(in QuantizedWeight w) =>
        w.Format.BlockSize >= 64 && w.Cols % Math.Max(Group, w.Format.BlockSize) == 0;

    /// <summary>
    /// Copies a row of k values in the order in which the codes come: of each group first the values at 0, 8, 16, ..., then
    /// those at 1, 9, 17, and so on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(float* x, int k, float* to)
    {
        for (int start = 0; start < k; start += Group)
        {
            for (int i = 0; i < Group; i++)
            {
                to[start + i % 8 * 16 + i / 8] = x[start + i];
            }
        }
    }

    /// <summary>y[n] for the rows n from <paramref name="first"/> up to <paramref name="last"/> of the weight.</summary>
    /// <param name="w">The weight; it <see cref="Takes"/> the kernel.</param>
    /// <param name="x">The row as <see cref="Fill"/> lays it out.</param>
    /// <param name="y">[N].</param>
    /// <param name="first">The first row of the weight.</param>
    /// <param name="last">The row behind the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in QuantizedWeight w, float* x, float* y, int first, int last)
    {
        int shift = int.Log2(w.Format.BlockSize), blocks = w.Cols >> shift;
        float* room = Scratch.Row(2L * AbsmaxTable.Length);
        AbsmaxTable table0 = default, table1 = default;
        if (w.Format.DoubleQuant)
        {
            (table0, table1) = (new(w, room), new(w, room + AbsmaxTable.Length));
        }
        for (int n0 = first; n0 < last; n0 += 2)
        {
            int n1 = Math.Min(n0 + 1, last - 1); // an odd number of rows ends in the last row twice
            long block0 = (long)n0 * blocks, block1 = (long)n1 * blocks;
            Vector512<float> sum0 = default, sum1 = default;
            for (int done = 0, run; done < blocks; done += run)
            {
                byte* codes0 = w.Codes + ((block0 + done) << shift) / 2, codes1 = w.Codes + ((block1 + done) << shift) / 2;
                float* values = x + ((long)done << shift);
                if (w.Format.DoubleQuant)
                {
                    // As far as both rows stay within a nested block.
                    run = Math.Min(blocks - done, Math.Min(ToNestedEnd(block0 + done), ToNestedEnd(block1 + done)));
                    var row0 = new Row(codes0, w.AbsmaxCodes + block0 + done, table0.Of(block0 + done));
                    var row1 = new Row(codes1, w.AbsmaxCodes + block1 + done, table1.Of(block1 + done));
                    Add<CodedAbsmax>(row0, row1, shift, w.Format.Type, values, run, ref sum0, ref sum1);
                }
                else
                {
                    run = blocks;
                    var row0 = new Row(codes0, null, w.Absmax + block0);
                    var row1 = new Row(codes1, null, w.Absmax + block1);
                    Add<PlainAbsmax>(row0, row1, shift, w.Format.Type, values, run, ref sum0, ref sum1);
                }
            }
            y[n0] = Vector512.Sum(sum0);
            y[n1] = Vector512.Sum(sum1);
        }
    }

    private static int ToNestedEnd(long block) => QuantFormat.NestedBlockSize - (int)(block & (QuantFormat.NestedBlockSize - 1));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TAbsmax>(
        in Row row0, in Row row1, int shift, QuantType type, float* x, int blocks, ref Vector512<float> sum0, ref Vector512<float> sum1)
        where TAbsmax : struct, IAbsmax
    {
        Vector512<float> book = Vector512.Load(Codebook.Pointer(type)), total0 = sum0, total1 = sum1;
        byte* codes0 = row0.Codes, codes1 = row1.Codes, absmaxCodes0 = row0.AbsmaxCodes, absmaxCodes1 = row1.AbsmaxCodes;
        float* absmax0 = row0.Absmax, absmax1 = row1.Absmax;
        int k = blocks << shift;
        for (int at = 0; at < k; at += Group, codes0 += Group / 2, codes1 += Group / 2, x += Group)
        {
            Sse.Prefetch0(codes0 + Prefetch);
            Sse.Prefetch0(codes1 + Prefetch);
            Vector512<int> eight0 = Vector512.Load((int*)codes0), eight1 = Vector512.Load((int*)codes1);
            Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default;
            Add(book, eight0 >> 4, eight1 >> 4, x, ref a0, ref a1);
            Add(book, eight0, eight1, x + 16, ref b0, ref b1);
            Add(book, eight0 >> 12, eight1 >> 12, x + 32, ref a0, ref a1);
            Add(book, eight0 >> 8, eight1 >> 8, x + 48, ref b0, ref b1);
            Add(book, eight0 >> 20, eight1 >> 20, x + 64, ref a0, ref a1);
            Add(book, eight0 >> 16, eight1 >> 16, x + 80, ref b0, ref b1);
            Add(book, eight0 >> 28, eight1 >> 28, x + 96, ref a0, ref a1);
            Add(book, eight0 >> 24, eight1 >> 24, x + 112, ref b0, ref b1);
            nint block = at >> shift, next = (at + Group / 2) >> shift;
            Vector512<float> scale0 = Halves(TAbsmax.At(absmaxCodes0, absmax0, block), TAbsmax.At(absmaxCodes0, absmax0, next));
            Vector512<float> scale1 = Halves(TAbsmax.At(absmaxCodes1, absmax1, block), TAbsmax.At(absmaxCodes1, absmax1, next));
            total0 = Avx512F.FusedMultiplyAdd(a0 + b0, scale0, total0);
            total1 = Avx512F.FusedMultiplyAdd(a1 + b1, scale1, total1);
        }
        (sum0, sum1) = (total0, total1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector512<float> book, Vector512<int> codes0, Vector512<int> codes1, float* x, ref Vector512<float> sum0, ref Vector512<float> sum1)
    {
        Vector512<float> value = Vector512.Load(x);
        sum0 = Avx512F.FusedMultiplyAdd(Avx512F.PermuteVar16x32(book, codes0), value, sum0);
        sum1 = Avx512F.FusedMultiplyAdd(Avx512F.PermuteVar16x32(book, codes1), value, sum1);
    }

    // The first 64 values of a group lie in the lower eight lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Halves(float lower, float upper) =>
        Avx512F.BlendVariable(
            Vector512.Create(lower), Vector512.Create(upper), Vector512.Create(Vector256<int>.Zero, Vector256<int>.AllBitsSet).AsSingle());

    private interface IAbsmax
    {
        static abstract float At(byte* codes, float* absmax, nint block);
    }

    private readonly struct CodedAbsmax : IAbsmax
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float At(byte* codes, float* absmax, nint block) => absmax[codes[block]];
    }

    private readonly struct PlainAbsmax : IAbsmax
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float At(byte* codes, float* absmax, nint block) => absmax[block];
    }

    /// <summary>A part of a row: its codes, and the absmax of its blocks, or their codes and what each stands for.</summary>
    private readonly struct Row(byte* codes, byte* absmaxCodes, float* absmax)
    {
        public readonly byte* Codes = codes, AbsmaxCodes = absmaxCodes;

        public readonly float* Absmax = absmax;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// Encodes one full block with 512-bit vectors: a binary search of the thresholds, whose next one a permutation looks up by the
/// bits found so far. The comparisons are those of the scalar version, so the bits are the same.
/// </summary>
internal static unsafe class Avx512BlockEncoder
{
    /// <summary>Writes count / 2 bytes of codes and gives the block's absmax; <paramref name="count"/> is a multiple of 32.</summary>
    public static float Encode(float* from, int count, QuantType type, byte* codes)
    {
        Vector512<int> largest = default;
        for (int i = 0; i < count; i += 16)
        {
            // In integer order, which puts NaN above infinity.
            largest = Avx512F.Max(largest, Vector512.Load((int*)from + i) & Vector512.Create(int.MaxValue));
        }
        Vector256<int> half = Avx2.Max(largest.GetLower(), largest.GetUpper());
        Vector128<int> quarter = Sse41.Max(half.GetLower(), half.GetUpper());
        quarter = Sse41.Max(quarter, Sse2.Shuffle(quarter, 0b_01_00_11_10));
        quarter = Sse41.Max(quarter, Sse2.Shuffle(quarter, 0b_10_11_00_01));
        float absmax = BitConverter.Int32BitsToSingle(quarter.ToScalar());
        Vector512<float> reciprocal = Vector512.Create(1f / (absmax < Quantizer.SmallestAbsmax ? Quantizer.SmallestAbsmax : absmax));
        switch (type)
        {
            case QuantType.NF4: Encode<NF4>(from, count, reciprocal, codes); break;
            case QuantType.FP4: Encode<FP4>(from, count, reciprocal, codes); break;
            default: Encode<INT4>(from, count, reciprocal, codes); break;
        }
        return absmax;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Encode<TCoder>(float* from, int count, Vector512<float> reciprocal, byte* codes) where TCoder : struct, ICoder
    {
        for (float* end = from + count; from < end; from += 16, codes += 8)
        {
            // The first code of a pair is the low half of its lane, and goes to the high nibble.
            Vector512<ulong> pairs = TCoder.Code(Vector512.Load(from) * reciprocal).AsUInt64();
            Vector128<byte> bytes = Avx512F.ConvertToVector128Byte((pairs << 4) | (pairs >> 32));
            *(ulong*)codes = bytes.AsUInt64().ToScalar();
        }
    }

    private interface ICoder
    {
        static abstract Vector512<int> Code(Vector512<float> v);
    }

    // Thresholds by the bits of the code that are known: of one bit at 1, of two at 2, of three at 4, of four at 8.
    private readonly struct NF4 : ICoder
    {
        private static readonly Vector512<float> thresholds = Tree(EncoderTables.NF4Midpoints);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> Code(Vector512<float> v)
        {
            Vector512<int> node = Vector512<int>.One;
            node = Step(node, v);
            node = Step(node, v);
            node = Step(node, v);
            return Step(node, v) - Vector512.Create(16);
        }

        // A tie goes to the lower code, NaN to the higher.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Step(Vector512<int> node, Vector512<float> v) =>
            node + node - Avx512F.CompareNotLessThanOrEqual(v, Avx512F.PermuteVar16x32(thresholds, node)).AsInt32();
    }

    private readonly struct FP4 : ICoder
    {
        private static readonly Vector512<float> thresholds = Tree(EncoderTables.FP4Midpoints);

        private static readonly Vector512<int> codes = Vector512.Create([.. EncoderTables.FP4Codes.ToArray().Select(static code => (int)code)]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> Code(Vector512<float> v)
        {
            Vector512<float> magnitude = Vector512.Abs(v);
            Vector512<int> node = Vector512<int>.One;
            node = Step(node, magnitude);
            node = Step(node, magnitude);
            Vector512<int> rank = Step(node, magnitude) - Vector512.Create(8);
            Vector512<int> negative = Vector512.LessThan(v, Vector512<float>.Zero).AsInt32() & Vector512.Create(8);
            return Avx512F.PermuteVar16x32(codes, rank + negative);
        }

        // A tie goes to the smaller magnitude, and so does NaN.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<int> Step(Vector512<int> node, Vector512<float> v) =>
            node + node - Vector512.GreaterThan(v, Avx512F.PermuteVar16x32(thresholds, node)).AsInt32();
    }

    private readonly struct INT4 : ICoder
    {
        // NaN is code 7, as the scalar version's conversion takes it to 0.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<int> Code(Vector512<float> v)
        {
            Vector512<float> steps = Vector512.Round(Vector512.Min(Vector512.Max(v, -Vector512<float>.One), Vector512<float>.One) * 7f);
            steps = Vector512.ConditionalSelect(Vector512.Equals(v, v), steps, Vector512<float>.Zero);
            return Vector512.ConvertToInt32(steps) + Vector512.Create(7);
        }
    }

    // A sorted list as a search tree: the root at 1, the two below node i at 2 i and 2 i + 1.
    private static Vector512<float> Tree(ReadOnlySpan<float> sorted)
    {
        Span<float> nodes = stackalloc float[16];
        int levels = int.Log2(sorted.Length + 1);
        for (int level = 0; level < levels; level++)
        {
            int step = 1 << (levels - level);
            for (int i = 0; i < 1 << level; i++)
            {
                nodes[(1 << level) + i] = sorted[i * step + step / 2 - 1];
            }
        }
        return Vector512.Create<float>(nodes);
    }
}

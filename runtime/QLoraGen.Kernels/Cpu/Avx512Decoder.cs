using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// 512-bit vectors: sixteen bytes give sixteen high nibbles, the even values, and sixteen low ones, the odd; one
/// permutation of the codebook looks up each. It reads an index's low four bits alone, so nothing needs masking.
/// </summary>
internal readonly unsafe struct Avx512Decoder : IBlockDecoder
{
    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, float* to)
    {
        Vector512<float> book = Vector512.Load(codebook), scale = Vector512.Create(absmax);
        Vector512<int> first = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        Vector512<int> second = first + Vector512.Create(8);
        int i = 0;
        for (byte* p = codes + (at >> 1); i <= count - 32; i += 32, p += 16)
        {
            Look(p, book, out Vector512<float> even, out Vector512<float> odd);
            (Avx512F.PermuteVar16x32x2(even, first, odd) * scale).Store(to + i);
            (Avx512F.PermuteVar16x32x2(even, second, odd) * scale).Store(to + i + 16);
        }
        ScalarDecoder.Decode(codes, at + i, count - i, codebook, absmax, to + i);
    }

    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, ushort* to)
    {
        Vector512<float> book = Vector512.Load(codebook), scale = Vector512.Create(absmax);
        int i = 0;
        for (byte* p = codes + (at >> 1); i <= count - 32; i += 32, p += 16)
        {
            Look(p, book, out Vector512<float> even, out Vector512<float> odd);
            (Round(even * scale) | (Round(odd * scale) << 16)).Store((uint*)(to + i));
        }
        ScalarDecoder.Decode(codes, at + i, count - i, codebook, absmax, to + i);
    }

    /// <summary>The unscaled values of sixteen bytes: the even positions, and the odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Look(byte* p, Vector512<float> book, out Vector512<float> even, out Vector512<float> odd)
    {
        Vector512<int> bytes = Avx512F.ConvertToVector512Int32(Vector128.Load(p));
        even = Avx512F.PermuteVar16x32(book, bytes >> 4);
        odd = Avx512F.PermuteVar16x32(book, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Round(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> even = (bits >> 16) & Vector512.Create(1u);
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + even) >> 16;
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
    }
}

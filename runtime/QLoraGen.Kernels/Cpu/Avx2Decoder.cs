using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// 256-bit vectors. Eight bytes give eight high nibbles, the even values, and eight low ones, the odd; a permutation of
/// each half of the codebook and a blend by the code's top bit look them up.
/// </summary>
internal readonly unsafe struct Avx2Decoder : IBlockDecoder
{
    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, float* to)
    {
        Vector256<float> low = Vector256.Load(codebook), high = Vector256.Load(codebook + 8), scale = Vector256.Create(absmax);
        int i = 0;
        for (byte* p = codes + (at >> 1); i <= count - 16; i += 16, p += 8)
        {
            Look(p, low, high, out Vector256<float> even, out Vector256<float> odd);
            Vector256<float> first = Avx.UnpackLow(even, odd), second = Avx.UnpackHigh(even, odd);
            (Avx.Permute2x128(first, second, 0x20) * scale).Store(to + i);
            (Avx.Permute2x128(first, second, 0x31) * scale).Store(to + i + 8);
        }
        ScalarDecoder.Decode(codes, at + i, count - i, codebook, absmax, to + i);
    }

    public static void Decode(byte* codes, long at, int count, float* codebook, float absmax, ushort* to)
    {
        Vector256<float> low = Vector256.Load(codebook), high = Vector256.Load(codebook + 8), scale = Vector256.Create(absmax);
        int i = 0;
        for (byte* p = codes + (at >> 1); i <= count - 16; i += 16, p += 8)
        {
            Look(p, low, high, out Vector256<float> even, out Vector256<float> odd);
            (Round(even * scale) | (Round(odd * scale) << 16)).Store((uint*)(to + i));
        }
        ScalarDecoder.Decode(codes, at + i, count - i, codebook, absmax, to + i);
    }

    /// <summary>The unscaled values of eight bytes: the even positions, and the odd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Look(byte* p, Vector256<float> low, Vector256<float> high, out Vector256<float> even, out Vector256<float> odd)
    {
        Vector256<int> bytes = Avx2.ConvertToVector256Int32(p);
        even = Look(bytes >> 4, low, high);
        odd = Look(bytes, low, high);
    }

    // The permutation reads an index's low three bits, the blend its sign: bit 3 is moved there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Look(Vector256<int> codes, Vector256<float> low, Vector256<float> high) =>
        Avx.BlendVariable(Avx2.PermuteVar8x32(low, codes), Avx2.PermuteVar8x32(high, codes), (codes << 28).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Round(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> even = (bits >> 16) & Vector256.Create(1u);
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + even) >> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, Vector256.Create(0x7FC0u));
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>
/// AVX-512: the codebook is one register, and one permutation looks up 16 codes. It reads an index's low four bits alone, so
/// nothing needs masking.
/// </summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>, Vector512<float>>
{
    public static int Count => Vector512<float>.Count;

    public static bool SplitsPairs => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Book(float* codebook) => Vector512.Load(codebook);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(in Vector512<float> book, float absmax) => book * Vector512.Create(absmax);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Look(byte* codes, in Vector512<float> book, out Vector512<float> first, out Vector512<float> second)
    {
        Vector512<int> bytes = Avx512F.ConvertToVector512Int32(Vector128.Load(codes));
        first = Avx512F.PermuteVar16x32(book, bytes >> 4);
        second = Avx512F.PermuteVar16x32(book, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sort(ref Vector512<float> first, ref Vector512<float> second)
    {
        Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        Vector512<float> even = first, odd = second;
        first = Avx512F.PermuteVar16x32x2(even, low, odd);
        second = Avx512F.PermuteVar16x32x2(even, low + Vector512.Create(8), odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Vector512<float> first, Vector512<float> second, ushort* to) =>
        (Round(first) | (Round(second) << 16)).Store((uint*)to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value) => Vector512.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Round(Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> even = (bits >> 16) & Vector512.Create(1u);
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + even) >> 16;
        return Vector512.ConditionalSelect(Vector512.Equals(value, value).AsUInt32(), rounded, Vector512.Create(0x7FC0u));
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>AVX2: a permutation of each half of the codebook and a blend by the code's top bit look up eight codes.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>, Book256>
{
    public static int Count => Vector256<float>.Count;

    public static bool SplitsPairs => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Book256 Book(float* codebook) => new(Vector256.Load(codebook), Vector256.Load(codebook + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Book256 Scale(in Book256 book, float absmax)
    {
        Vector256<float> scale = Vector256.Create(absmax);
        return new(book.Low * scale, book.High * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Look(byte* codes, in Book256 book, out Vector256<float> first, out Vector256<float> second)
    {
        Vector256<int> bytes = Avx2.ConvertToVector256Int32(codes);
        first = Look(bytes >> 4, book.Low, book.High);
        second = Look(bytes, book.Low, book.High);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sort(ref Vector256<float> first, ref Vector256<float> second)
    {
        Vector256<float> low = Avx.UnpackLow(first, second), high = Avx.UnpackHigh(first, second);
        first = Avx.Permute2x128(low, high, 0x20);
        second = Avx.Permute2x128(low, high, 0x31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Vector256<float> first, Vector256<float> second, ushort* to) =>
        (Round(first) | (Round(second) << 16)).Store((uint*)to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Fma.MultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> value) => Vector256.Sum(value);

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

/// <summary>The codebook in two registers of eight.</summary>
internal readonly struct Book256(Vector256<float> low, Vector256<float> high)
{
    /// <summary>Codes 0 to 7.</summary>
    public readonly Vector256<float> Low = low;

    /// <summary>Codes 8 to 15.</summary>
    public readonly Vector256<float> High = high;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>AVX2: a group is 16 values of 8 bytes.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>, Book256>
{
    public static int Count => Vector256<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Book256 Book(float* codebook) => new(Vector256.Load(codebook), Vector256.Load(codebook + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Look(byte* codes, in Book256 book, out Vector256<float> even, out Vector256<float> odd) =>
        Avx2Decoder.Look(codes, book.Low, book.High, out even, out odd);

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
}

/// <summary>The codebook in two registers of eight.</summary>
internal readonly struct Book256(Vector256<float> low, Vector256<float> high)
{
    /// <summary>Codes 0 to 7.</summary>
    public readonly Vector256<float> Low = low;

    /// <summary>Codes 8 to 15.</summary>
    public readonly Vector256<float> High = high;
}

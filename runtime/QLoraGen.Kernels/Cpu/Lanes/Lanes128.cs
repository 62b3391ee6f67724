using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace QLoraGen.Kernels;

/// <summary>
/// 128-bit vectors through the runtime's portable operators, which become AdvSimd on Arm64. The lookup is a table of the two
/// values of every byte, so the values come in the order in which they lie.
/// </summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>, Book128>
{
    public static int Count => Vector128<float>.Count;

    public static bool SplitsPairs => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Book128 Book(float* codebook) => new((double*)Codebook.Pairs(codebook), Vector128<float>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Book128 Scale(in Book128 book, float absmax) => new(book.Pairs, Vector128.Create(absmax));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Look(byte* codes, in Book128 book, out Vector128<float> first, out Vector128<float> second)
    {
        first = Vector128.Create(book.Pairs[codes[0]], book.Pairs[codes[1]]).AsSingle() * book.Scale;
        second = Vector128.Create(book.Pairs[codes[2]], book.Pairs[codes[3]]).AsSingle() * book.Scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sort(ref Vector128<float> first, ref Vector128<float> second)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16(Vector128<float> first, Vector128<float> second, ushort* to) =>
        Vector128.Narrow(Round(first), Round(second)).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* to) => value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value) => Vector128.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Round(Vector128<float> value)
    {
        Vector128<uint> bits = value.AsUInt32();
        Vector128<uint> even = (bits >> 16) & Vector128.Create(1u);
        Vector128<uint> rounded = (bits + Vector128.Create(0x7FFFu) + even) >> 16;
        return Vector128.ConditionalSelect(Vector128.Equals(value, value).AsUInt32(), rounded, Vector128.Create(0x7FC0u));
    }
}

/// <summary>The table of pairs, and the absmax that their values are multiplied by.</summary>
internal readonly unsafe struct Book128(double* pairs, Vector128<float> scale)
{
    /// <summary>Two fp32 values for each of the 256 bytes.</summary>
    public readonly double* Pairs = pairs;

    /// <summary>The absmax in every lane.</summary>
    public readonly Vector128<float> Scale = scale;
}

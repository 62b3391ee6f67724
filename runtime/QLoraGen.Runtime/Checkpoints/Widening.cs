using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QLoraGen.Checkpoints;

/// <summary>
/// Checkpoint elements to fp32, exactly, and the search for values that are not finite in the same pass. Sources need not be
/// aligned. Each method returns the index of the first infinity or NaN, or -1; what follows it in the destination is not defined.
/// </summary>
internal static class Widening
{
    private const uint ExponentF32 = 0x7F80_0000;
    private const uint ExponentF16 = 0x7C00;
    private const float UnitF16 = 1f / (1 << 24);

    /// <summary>fp32 to fp32.</summary>
    public static int FromF32(ReadOnlySpan<byte> source, Span<float> destination)
    {
        source.CopyTo(MemoryMarshal.AsBytes(destination));
        return IndexOfNonFinite(destination);
    }

    /// <summary>bfloat16 to fp32: the bits become the upper half.</summary>
    public static int FromBF16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        ReadOnlySpan<ushort> bits = Halves(source, destination.Length);
        ref ushort from = ref MemoryMarshal.GetReference(bits);
        ref float to = ref MemoryMarshal.GetReference(destination);
        nuint i = 0, end = (nuint)destination.Length;
        for (; i + 16 <= end; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, i));
            (low << 16).AsSingle().StoreUnsafe(ref to, i);
            (high << 16).AsSingle().StoreUnsafe(ref to, i + 8);
        }
        for (; i < end; i++)
        {
            Unsafe.Add(ref to, i) = BitConverter.UInt32BitsToSingle((uint)Unsafe.Add(ref from, i) << 16);
        }
        return IndexOfNonFinite(destination);
    }

    /// <summary>IEEE half to fp32. Integer steps only before a number is normal, so that flush-to-zero modes change nothing.</summary>
    public static int FromF16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        ReadOnlySpan<ushort> bits = Halves(source, destination.Length);
        ref ushort from = ref MemoryMarshal.GetReference(bits);
        ref float to = ref MemoryMarshal.GetReference(destination);
        nuint i = 0, end = (nuint)destination.Length;
        for (; i + 16 <= end; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, i));
            WidenF16(low).StoreUnsafe(ref to, i);
            WidenF16(high).StoreUnsafe(ref to, i + 8);
        }
        for (; i < end; i++)
        {
            Unsafe.Add(ref to, i) = (float)BitConverter.UInt16BitsToHalf(Unsafe.Add(ref from, i));
        }
        return IndexOfNonFinite(destination);
    }

    private static Vector256<float> WidenF16(Vector256<uint> half)
    {
        Vector256<uint> exponent = half & Vector256.Create(ExponentF16);
        // From bias 15 to bias 127; an exponent of all ones stays one.
        Vector256<uint> special = Vector256.Equals(exponent, Vector256.Create(ExponentF16)) & Vector256.Create(112u << 23);
        Vector256<uint> normal = ((half & Vector256.Create(0x7FFFu)) << 13) + Vector256.Create(112u << 23) + special;
        // Without exponent the mantissa counts units of 2^-24.
        Vector256<float> subnormal = Vector256.ConvertToSingle((half & Vector256.Create(0x3FFu)).AsInt32()) * UnitF16;
        Vector256<uint> magnitude = Vector256.ConditionalSelect(
            Vector256.Equals(exponent, Vector256<uint>.Zero), subnormal.AsUInt32(), normal);
        return (magnitude | ((half & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    private static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        ref uint from = ref MemoryMarshal.GetReference(bits);
        Vector256<uint> exponent = Vector256.Create(ExponentF32);
        nuint i = 0, end = (nuint)bits.Length;
        for (; i + 8 <= end; i += 8)
        {
            if (Vector256.EqualsAny(Vector256.LoadUnsafe(ref from, i) & exponent, exponent))
            {
                break;
            }
        }
        for (; i < end; i++)
        {
            if ((Unsafe.Add(ref from, i) & ExponentF32) == ExponentF32)
            {
                return (int)i;
            }
        }
        return -1;
    }

    private static ReadOnlySpan<ushort> Halves(ReadOnlySpan<byte> source, int count) =>
        MemoryMarshal.Cast<byte, ushort>(source) is var halves && halves.Length == count ? halves : throw new ArgumentException(
            $"{source.Length} bytes are not {count} two-byte elements");
}

using System.Runtime.InteropServices;

namespace QLoraGen.Kernels;

/// <summary>Where a pinned array's first whole cache line starts.</summary>
internal static unsafe class AlignedPointer
{
    /// <summary>Floats by which an array must be longer than what it is to hold.</summary>
    public const int Slack = QuantSlot.Alignment / sizeof(float);

    /// <summary>The first 64-byte aligned element; the array must be pinned, and held for as long as the pointer is used.</summary>
    public static float* Of(float[] pinned)
    {
        nuint first = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
        return (float*)((first + (QuantSlot.Alignment - 1)) & ~(nuint)(QuantSlot.Alignment - 1));
    }
}

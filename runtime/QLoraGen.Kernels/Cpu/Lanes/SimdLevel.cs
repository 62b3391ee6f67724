using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>The versions that each CPU kernel comes in, from the reference to the widest registers.</summary>
internal enum SimdLevel
{
    /// <summary>One value at a time: what the others are checked against.</summary>
    Scalar,

    /// <summary>128-bit vectors through the runtime's portable operators: Arm64, WebAssembly, old x86.</summary>
    Portable,

    /// <summary>256-bit vectors: a lookup is two permutations and a blend.</summary>
    Avx2,

    /// <summary>512-bit vectors: one permutation looks up 16 codes.</summary>
    Avx512,
}

/// <summary>The level that this machine runs, chosen once.</summary>
internal static class Simd
{
    /// <summary>The widest level that the processor and the runtime support.</summary>
    public static SimdLevel Best { get; } =
        Supports(SimdLevel.Avx512) ? SimdLevel.Avx512 : Supports(SimdLevel.Avx2) ? SimdLevel.Avx2 : SimdLevel.Portable;

    /// <summary>The level whose registers hold that many floats.</summary>
    public static SimdLevel LevelOf(int lanes) => lanes switch
    {
        16 => SimdLevel.Avx512,
        8 => SimdLevel.Avx2,
        _ => SimdLevel.Portable,
    };

    /// <summary>Whether this machine can run the level.</summary>
    public static bool Supports(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported,
        SimdLevel.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };
}

using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace QLoraGen.Kernels;

/// <summary>What the processor offers and which versions of the CPU's kernels run on it, for people.</summary>
public static class CpuReport
{
    /// <summary>The version that is used: AVX-512, AVX2, portable vectors.</summary>
    public static string Level => Simd.Best switch
    {
        SimdLevel.Avx512 => "AVX-512",
        SimdLevel.Avx2 => "AVX2",
        _ => "portable",
    };

    /// <summary>Why it is this one.</summary>
    public static string Reason => Simd.Best switch
    {
        SimdLevel.Avx512 => "one permutation looks up 16 codes",
        SimdLevel.Avx2 => "no AVX-512 F, BW and DQ together; two permutations and a blend look up 8 codes",
        _ => "no AVX2 with FMA; rows of the weight are decoded into a buffer, 128 bits at a time",
    };

    /// <summary>The instruction sets that the kernels ask about, and whether processor and runtime have them.</summary>
    public static IReadOnlyList<(string Name, bool Supported)> Features =>
    [
        ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512F", Avx512F.IsSupported), ("AVX-512BW", Avx512BW.IsSupported),
        ("AVX-512DQ", Avx512DQ.IsSupported), ("AdvSimd", AdvSimd.IsSupported),
    ];
}

using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>16 steps of the reduction for all fragments of a warp: ldmatrix from the swizzled tiles, then mma.</summary>
internal static class TileMma
{
    /// <summary>Adds quarter 0 to 3 of a step of 64 to the sums.</summary>
    /// <param name="activations">Offset of the tile of activations: rows of 128 bytes.</param>
    /// <param name="weight">Offset of the decoded weight: 128 rows of 128 bytes or, transposed, 64 rows of 256 bytes.</param>
    /// <param name="quarter">Which.</param>
    /// <param name="thread">In the group.</param>
    public static void Step<TTile>(int activations, int weight, int quarter, int thread) where TTile : struct, ITile
    {
        int warpsN = 16 / default(TTile).NTiles;
        int lane = thread & 31, warp = thread >> 5, warpM = warp / warpsN, warpN = warp - warpM * warpsN;
        int high = lane >> 4, swizzle = lane & 7;

        // Lanes 0 to 15 name the 16 rows of the left half of a fragment, lanes 16 to 31 those of the right half.
        int a = activations + ((warpM * default(TTile).MTiles * 16 + (lane & 15)) << 7) + (((2 * quarter + high) ^ swizzle) << 4);
        if (default(TTile).MTiles == 1)
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + A0 + " }", a);
        }
        else if (default(TTile).MTiles == 2)
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + A0 + A1 + " }", a);
        }
        else
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + A0 + A1 + A2 + A3 + " }", a);
        }

        int half = (lane >> 3) & 1;
        if (default(TTile).Transposed != 0)
        {
            // Rows are steps of the reduction; two fragments to the right is two chunks on, which no swizzle carries over.
            int b = weight + ((16 * quarter + swizzle + 8 * half) << 8) + ((warpN * default(TTile).NTiles + high) >> 3 << 7)
                + ((((warpN * default(TTile).NTiles + high) & 7) ^ swizzle) << 4);
            CudaAsm.Emit("{ .reg .b32 s, t; add.u32 s, sb, %0; " + T0 + T1 + " }", b);
            if (default(TTile).NTiles > 4) { CudaAsm.Emit("{ .reg .b32 s, t; add.u32 s, sb, %0; " + T2 + T3 + " }", b); }
        }
        else
        {
            int b = weight + ((warpN * default(TTile).NTiles * 8 + swizzle + 8 * high) << 7) + (((2 * quarter + half) ^ swizzle) << 4);
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + B0 + B1 + " }", b);
            if (default(TTile).NTiles > 4) { CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + B2 + B3 + " }", b); }
        }

        CudaAsm.Emit(MmaText.Low0);
        if (default(TTile).NTiles > 4) { CudaAsm.Emit(MmaText.High0); }
        if (default(TTile).MTiles > 1)
        {
            CudaAsm.Emit(MmaText.Low1);
            if (default(TTile).NTiles > 4) { CudaAsm.Emit(MmaText.High1); }
        }
        if (default(TTile).MTiles > 2)
        {
            CudaAsm.Emit(MmaText.Low2);
            if (default(TTile).NTiles > 4) { CudaAsm.Emit(MmaText.High2); }
            CudaAsm.Emit(MmaText.Low3);
            if (default(TTile).NTiles > 4) { CudaAsm.Emit(MmaText.High3); }
        }
    }

    private const string Load = "ldmatrix.sync.aligned.m8n8.x4.shared.b16 ", LoadTransposed = "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 ";

    private const string A0 = Load + "{fa0, fa1, fa2, fa3}, [s]; ", A1 = Load + "{fa4, fa5, fa6, fa7}, [s+2048]; ",
        A2 = Load + "{fa8, fa9, fa10, fa11}, [s+4096]; ", A3 = Load + "{fa12, fa13, fa14, fa15}, [s+6144]; ";

    private const string B0 = Load + "{fb0, fb1, fb2, fb3}, [s]; ", B1 = Load + "{fb4, fb5, fb6, fb7}, [s+2048]; ",
        B2 = Load + "{fb8, fb9, fb10, fb11}, [s+4096]; ", B3 = Load + "{fb12, fb13, fb14, fb15}, [s+6144]; ";

    private const string T0 = LoadTransposed + "{fb0, fb1, fb2, fb3}, [s]; ",
        T1 = "xor.b32 t, s, 32; " + LoadTransposed + "{fb4, fb5, fb6, fb7}, [t]; ",
        T2 = "xor.b32 t, s, 64; " + LoadTransposed + "{fb8, fb9, fb10, fb11}, [t]; ",
        T3 = "xor.b32 t, s, 96; " + LoadTransposed + "{fb12, fb13, fb14, fb15}, [t]; ";
}

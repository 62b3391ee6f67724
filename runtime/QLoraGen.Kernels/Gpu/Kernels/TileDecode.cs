using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// One step's decoding, in quarters that a kernel puts between its mma: 64 codes of one row a thread, from the thread's
/// own part of a stage (so that no barrier is needed) to the other buffer of decoded weight.
/// </summary>
internal static class TileDecode
{
    /// <summary>Recovers the absmax, makes the planes and fetches the first 32 codes.</summary>
    public static void Begin<TTile>(
        int stage, int into, int column0, int n, int k, int logBlock, long map, int step, int last, int thread) where TTile : struct, ITile
    {
        int row = default(TTile).Transposed != 0 ? thread & 63 : thread;
        int at = into + (default(TTile).Transposed != 0 ? (row << 8) + ((thread & 64) << 1) : row << 7) + ((row & 7) << 4);
        CudaAsm.Emit("add.u32 into, sb, %0;", at);
        Absmax<TTile>(stage, 0, column0, n, k, logBlock, map, step, last, thread);
        CudaAsm.Emit(DecodeText.Planes);
        CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; ld.shared.v4.b32 {cd0, cd1, cd2, cd3}, [s]; }", Codes<TTile>(stage, thread));
    }

    /// <summary>Fetches the other 32 codes, which have an absmax of their own in blocks of 32.</summary>
    public static void Second<TTile>(
        int stage, int column0, int n, int k, int logBlock, long map, int step, int last, int thread) where TTile : struct, ITile
    {
        if (logBlock == 5)
        {
            Absmax<TTile>(stage, 1, column0, n, k, logBlock, map, step, last, thread);
            CudaAsm.Emit(DecodeText.Planes);
        }
        CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; ld.shared.v4.b32 {cd0, cd1, cd2, cd3}, [s+2048]; }", Codes<TTile>(stage, thread));
    }

    /// <summary>Codes 0 to 15.</summary>
    public static void Words01<TTile>() where TTile : struct, ITile
    {
        CudaAsm.Emit("mov.b32 cw, cd0;");
        CudaAsm.Emit(DecodeText.Word, 0);
        CudaAsm.Emit("mov.b32 cw, cd1;");
        CudaAsm.Emit(DecodeText.Word, 16);
    }

    /// <summary>Codes 16 to 31.</summary>
    public static void Words23<TTile>() where TTile : struct, ITile
    {
        CudaAsm.Emit("mov.b32 cw, cd2;");
        CudaAsm.Emit(DecodeText.Word, 32);
        CudaAsm.Emit("mov.b32 cw, cd3;");
        CudaAsm.Emit(DecodeText.Word, 48);
    }

    /// <summary>Codes 32 to 47.</summary>
    public static void Words45<TTile>() where TTile : struct, ITile
    {
        CudaAsm.Emit("mov.b32 cw, cd0;");
        CudaAsm.Emit(DecodeText.Word, 64);
        CudaAsm.Emit("mov.b32 cw, cd1;");
        CudaAsm.Emit(DecodeText.Word, 80);
    }

    /// <summary>Codes 48 to 63.</summary>
    public static void Words67<TTile>() where TTile : struct, ITile
    {
        CudaAsm.Emit("mov.b32 cw, cd2;");
        CudaAsm.Emit(DecodeText.Word, 96);
        CudaAsm.Emit("mov.b32 cw, cd3;");
        CudaAsm.Emit(DecodeText.Word, 112);
    }

    // Rounded twice, as bitsandbytes does; 0 beyond the last row or step, where the codes are some other row's.
    private static void Absmax<TTile>(
        int stage, int second, int column0, int n, int k, int logBlock, long map, int step, int last, int thread) where TTile : struct, ITile
    {
        int word = Codes<TTile>(stage, 0) + TileShape.CodeBytes + thread * 4;
        if (map != 0)
        {
            long block = (TileLoads.First<TTile>(column0, n, k, step, thread) >> logBlock) + second;
            CudaAsm.Emit(
                "{ .reg .b32 s, v; .reg .f32 a, b; add.u32 s, sb, %0; ld.shared.b32 v, [s]; ld.shared.f32 b, [s+1024]; shr.u32 v, v, %1; "
                + "and.b32 v, v, 255; shl.b32 v, v, 2; add.u32 v, v, sb; ld.shared.f32 a, [v+1024]; mul.rn.f32 a, a, b; add.rn.f32 absmax, a, offset; }",
                word, (int)(block & 3) << 3);
        }
        else
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; ld.shared.f32 absmax, [s]; }", word + second * TileShape.WordBytes);
        }
        int row = default(TTile).Transposed != 0 ? step * TileShape.Depth + (thread & 63) : column0 + thread;
        if (row >= n || step >= last)
        {
            CudaAsm.Emit("mov.f32 absmax, 0f00000000;");
        }
    }

    private static int Codes<TTile>(int stage, int thread) where TTile : struct, ITile =>
        stage + default(TTile).MTiles * 4 * default(TTile).NTiles * TileShape.Depth * 2 + thread * 16;
}

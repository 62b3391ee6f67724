using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>What cp.async brings to shared memory. Rows are stored in chunks of 16 bytes, chunk c of row r at c ^ (r % 8), so that
/// neither the copies nor ldmatrix meet a bank twice.</summary>
internal static class TileLoads
{
    /// <summary>Asks for one step's activations, codes and absmax, as one group; beyond the last step for nothing.</summary>
    public static void Stage<TTile>(
        long x, long codes, long absmax, long nested, long map, int row0, int column0, int m, int n, int k, int inner, int logBlock,
        int step, int last, int into, int thread) where TTile : struct, ITile
    {
        int rows = default(TTile).MTiles * 4 * default(TTile).NTiles;
        if (step < last)
        {
            Rows(x, row0, m, inner, step * TileShape.Depth, inner, into, rows, 3, thread);
            long first = First<TTile>(column0, n, k, step, thread);
            int at = into + rows * TileShape.Depth * 2 + thread * 16;
            CudaAsm.Emit(
                "{ .reg .b32 s; add.u32 s, sb, %0; cp.async.cg.shared.global.L2::128B [s], [%1], 16; cp.async.cg.shared.global.L2::128B [s+2048], [%2], 16; }",
                at, codes + (first >> 1), codes + (first >> 1) + 16);
            long block = first >> logBlock;
            int word = into + rows * TileShape.Depth * 2 + TileShape.CodeBytes + thread * 4;
            if (map != 0)
            {
                CudaAsm.Emit(
                    "{ .reg .b32 s; add.u32 s, sb, %0; cp.async.ca.shared.global [s], [%1], 4; cp.async.ca.shared.global [s+1024], [%2], 4; }",
                    word, absmax + (block & ~3L), nested + ((block >> 8) << 2));
            }
            else
            {
                CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; cp.async.ca.shared.global [s], [%1], 4; }", word, absmax + (block << 2));
                if (logBlock == 5)
                {
                    CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; cp.async.ca.shared.global [s+512], [%1], 4; }", word, absmax + (block << 2) + 4);
                }
            }
        }
        CudaAsm.Emit("cp.async.commit_group;");
    }

    /// <summary>
    /// Asks for bf16 rows of 2^logChunks chunks, at most 8 a thread: rows from row0 below rowEnd, columns from column0 below
    /// columnEnd, zeros beyond either, where nothing is read. The pitch and the column end are multiples of 8.
    /// </summary>
    public static void Rows(
        long from, int row0, int rowEnd, int pitch, int column0, int columnEnd, int into, int rows, int logChunks, int thread)
    {
        int chunk = thread & ((1 << logChunks) - 1), column = column0 + chunk * 8, first = thread >> logChunks;
        int apart = TileShape.Threads >> logChunks;   // 8 or 16, so that all rows of a thread have one swizzle
        int at = into + (first << (logChunks + 4)) + ((chunk ^ (first & 7)) << 4), atStep = apart << (logChunks + 4);
        long address = from + (((long)(row0 + first) * pitch + column) << 1), step = (long)(apart * pitch) << 1;
        int left = column < columnEnd ? rowEnd - row0 - first : 0;   // rows still there; zeros behind them
        // Unrolled by hand: neither ILGPU nor ptxas does it. What is beyond the tile's rows is folded away.
        Chunk(at, address, left);
        if (rows > apart) { Chunk(at + atStep, address + step, left - apart); }
        if (rows > 2 * apart)
        {
            Chunk(at + 2 * atStep, address + 2 * step, left - 2 * apart);
            Chunk(at + 3 * atStep, address + 3 * step, left - 3 * apart);
        }
        if (rows > 4 * apart)
        {
            Chunk(at + 4 * atStep, address + 4 * step, left - 4 * apart);
            Chunk(at + 5 * atStep, address + 5 * step, left - 5 * apart);
            Chunk(at + 6 * atStep, address + 6 * step, left - 6 * apart);
            Chunk(at + 7 * atStep, address + 7 * step, left - 7 * apart);
        }
    }

    private static void Chunk(int at, long address, int left) =>
        CudaAsm.Emit(
            "{ .reg .b32 s, bytes; .reg .pred p; add.u32 s, sb, %0; setp.gt.s32 p, %2, 0; selp.b32 bytes, 16, 0, p; "
            + "cp.async.cg.shared.global.L2::128B [s], [%1], 16, bytes; }", at, address, left);

    /// <summary>The place in the flattened weight of the 64 codes that a thread decodes in a step, kept within the weight.</summary>
    public static long First<TTile>(int column0, int n, int k, int step, int thread) where TTile : struct, ITile
    {
        int row, column;
        if (default(TTile).Transposed != 0)
        {
            row = step * TileShape.Depth + (thread & 63);
            column = column0 + (thread & 64);
            column = column < k ? column : k - TileShape.Depth;
        }
        else
        {
            row = column0 + thread;
            column = step * TileShape.Depth;
        }
        return (long)(row < n ? row : n - 1) * k + column;
    }
}

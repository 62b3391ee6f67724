using ILGPU;
using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// Products on the tensor cores: y = x W^T, or gx = gy W, for any number of rows from 3 or so. Activations and codes come
/// by cp.async some steps ahead; each thread decodes 64 codes of one row of W to bf16 in shared memory for the next step
/// while the tensor cores work on this one, so that there is one barrier a step. W is read once a tile of rows.
/// </summary>
/// <remarks>
/// Needs rows of whole blocks and of a multiple of 64 values; transposed also N a multiple of 8; 16-byte aligned
/// addresses. Where the grid has several layers, each makes the part of the sums that falls to it, in fp32, to be added
/// up in order by <see cref="SumKernel"/>: the results never depend on which group is done first.
/// </remarks>
internal static class TileKernel
{
    /// <summary>One tile of the product.</summary>
    /// <param name="x">Activations, bf16 [m, inner]; inner is what is summed over, k or, transposed, n.</param>
    /// <param name="codes">Packed codes of W [n, k].</param>
    /// <param name="absmax">fp32, or bytes where there is a map.</param>
    /// <param name="nested">fp32, one for 256 absmax.</param>
    /// <param name="offset">One fp32.</param>
    /// <param name="map">256 fp32, or 0 without double quantization.</param>
    /// <param name="codebook">16 fp32.</param>
    /// <param name="h">The adapter's inner result, scaled: bf16 [m, rank].</param>
    /// <param name="adapter">bf16: B [n, rank] or, transposed, A [rank, k].</param>
    /// <param name="y">bf16 [m, outer], or fp32 [layers, m, outer].</param>
    /// <param name="m">Rows of x and y.</param>
    /// <param name="n">Rows of W.</param>
    /// <param name="k">Columns of W.</param>
    /// <param name="logBlock">5 to 12.</param>
    /// <param name="rank">A multiple of 8, or 0 for no adapter.</param>
    /// <param name="stepsPerLayer">Steps of 64 that a layer of the grid sums over.</param>
    public static void Run<TTile>(
        long x, long codes, long absmax, long nested, long offset, long map, long codebook, long h, long adapter, long y,
        int m, int n, int k, int logBlock, int rank, int stepsPerLayer) where TTile : struct, ITile
    {
        CudaAsm.Emit(".extern .shared .align 1024 .b8 dynamic[];");
        CudaAsm.Emit(".reg .b32 sb; mov.u32 sb, dynamic;");
        CudaAsm.Emit(MmaText.Registers);
        CudaAsm.Emit(DecodeText.Registers);
        int mTiles = default(TTile).MTiles, nTiles = default(TTile).NTiles, stages = default(TTile).Stages;
        int rows = mTiles * 4 * nTiles;
        int inner = default(TTile).Transposed != 0 ? n : k, outer = default(TTile).Transposed != 0 ? k : n;
        int thread = Group.IdxX, row0 = Grid.IdxY * rows, column0 = Grid.IdxX * TileShape.Columns;

        TileTables.Load(codebook, map, offset, thread);
        ZeroSums<TTile>();

        int stageBytes = rows * TileShape.Depth * 2 + TileShape.CodeBytes + 3 * TileShape.WordBytes;
        int ringEnd = TileShape.Stages + stages * stageBytes;
        int step = Grid.IdxZ * stepsPerLayer, total = (inner + TileShape.Depth - 1) / TileShape.Depth;
        int last = Smaller(step + stepsPerLayer, total);

        int fill = TileShape.Stages;
        for (int ahead = 0; ahead < stages - 1; ahead++)
        {
            TileLoads.Stage<TTile>(x, codes, absmax, nested, map, row0, column0, m, n, k, inner, logBlock, step + ahead, last, fill, thread);
            fill += stageBytes;
        }
        WaitForNext<TTile>();

        int use = TileShape.Stages, decoded = TileShape.Weight;
        TileDecode.Begin<TTile>(use, decoded, column0, n, k, logBlock, map, step, last, thread);
        TileDecode.Words01<TTile>();
        TileDecode.Words23<TTile>();
        TileDecode.Second<TTile>(use, column0, n, k, logBlock, map, step, last, thread);
        TileDecode.Words45<TTile>();
        TileDecode.Words67<TTile>();
        for (; step < last; step++)
        {
            Group.Barrier();
            TileLoads.Stage<TTile>(
                x, codes, absmax, nested, map, row0, column0, m, n, k, inner, logBlock, step + stages - 1, last, fill, thread);
            fill = fill + stageBytes == ringEnd ? TileShape.Stages : fill + stageBytes;
            WaitForNext<TTile>();

            int next = use + stageBytes == ringEnd ? TileShape.Stages : use + stageBytes;
            int other = TileShape.Weight + TileShape.Weight + TileShape.WeightBytes - decoded;
            TileDecode.Begin<TTile>(next, other, column0, n, k, logBlock, map, step + 1, last, thread);
            TileDecode.Words01<TTile>();
            TileMma.Step<TTile>(use, decoded, 0, thread);
            TileDecode.Words23<TTile>();
            TileMma.Step<TTile>(use, decoded, 1, thread);
            TileDecode.Second<TTile>(next, column0, n, k, logBlock, map, step + 1, last, thread);
            TileDecode.Words45<TTile>();
            TileMma.Step<TTile>(use, decoded, 2, thread);
            TileDecode.Words67<TTile>();
            TileMma.Step<TTile>(use, decoded, 3, thread);
            use = next;
            decoded = other;
        }

        if (Grid.IdxZ == 0)
        {
            for (int r = 0; r < rank; r += TileShape.Depth)
            {
                Group.Barrier();
                TileLoads.Rows(h, row0, m, rank, r, rank, TileShape.Stages, rows, 3, thread);
                if (default(TTile).Transposed != 0)
                {
                    TileLoads.Rows(adapter, r, rank, k, column0, k, TileShape.Weight, TileShape.Depth, 4, thread);
                }
                else
                {
                    TileLoads.Rows(adapter, column0, n, rank, r, rank, TileShape.Weight, TileShape.Columns, 3, thread);
                }
                CudaAsm.Emit("cp.async.commit_group; cp.async.wait_group 0;");
                Group.Barrier();
                TileMma.Step<TTile>(TileShape.Stages, TileShape.Weight, 0, thread);
                TileMma.Step<TTile>(TileShape.Stages, TileShape.Weight, 1, thread);
                TileMma.Step<TTile>(TileShape.Stages, TileShape.Weight, 2, thread);
                TileMma.Step<TTile>(TileShape.Stages, TileShape.Weight, 3, thread);
            }
        }
        CudaAsm.Emit("cp.async.wait_all;");
        Group.Barrier();
        TileResult.Store<TTile>(y, row0, column0, m, outer, thread);
    }

    // What is read in the next step has come once at most the younger stages are on their way.
    private static void WaitForNext<TTile>() where TTile : struct, ITile
    {
        if (default(TTile).Stages == 4)
        {
            CudaAsm.Emit("cp.async.wait_group 2;");
        }
        else
        {
            CudaAsm.Emit("cp.async.wait_group 1;");
        }
    }

    private static void ZeroSums<TTile>() where TTile : struct, ITile
    {
        Group.Barrier();   // for the tables
        CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, 64; " + MmaText.ZeroLow0 + " }");
        if (default(TTile).NTiles > 4) { CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, 64; " + MmaText.ZeroHigh0 + " }"); }
        if (default(TTile).MTiles > 1)
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, 64; " + MmaText.ZeroLow1 + " }");
            if (default(TTile).NTiles > 4) { CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, 64; " + MmaText.ZeroHigh1 + " }"); }
        }
        if (default(TTile).MTiles > 2)
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, 64; " + MmaText.ZeroLow2 + MmaText.ZeroLow3 + " }");
            if (default(TTile).NTiles > 4) { CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, 64; " + MmaText.ZeroHigh2 + MmaText.ZeroHigh3 + " }"); }
        }
    }

    private static int Smaller(int a, int b) => a < b ? a : b;
}

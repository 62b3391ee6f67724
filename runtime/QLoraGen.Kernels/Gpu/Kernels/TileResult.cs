using ILGPU;
using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>The end of a tile kernel: sums from registers through shared memory, so that whole rows are written.</summary>
internal static class TileResult
{
    /// <summary>Writes the tile to y, within its bounds: bf16, or fp32 where the grid has several layers.</summary>
    public static void Store<TTile>(long y, int row0, int column0, int m, int outer, int thread) where TTile : struct, ITile
    {
        int mTiles = default(TTile).MTiles, nTiles = default(TTile).NTiles, warpsN = 16 / nTiles;
        ToShared<TTile>((thread >> 5) * mTiles * nTiles * TileShape.FragmentBytes + (thread & 31) * 16);
        Group.Barrier();

        int rows = mTiles * 4 * nTiles, pair = thread & 63, column = column0 + 2 * pair;
        int fragmentN = pair >> 2, warpN = fragmentN / nTiles, j = fragmentN - warpN * nTiles;
        for (int row = thread >> 6; row < rows && row0 + row < m; row += 2)
        {
            int fragmentM = row >> 4, warpM = fragmentM / mTiles, i = fragmentM - warpM * mTiles;
            int at = (((warpM * warpsN + warpN) * mTiles + i) * nTiles + j) * TileShape.FragmentBytes
                + (((row & 7) * 4 + (pair & 3)) << 4) + (row & 8);
            long index = (long)(row0 + row) * outer + column;
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; ld.shared.v2.f32 {d0, d1}, [s]; }", at);
            if (Grid.DimZ > 1)
            {
                long layer = y + (((long)Grid.IdxZ * m * outer + index) << 2);
                if (column < outer) { CudaAsm.Emit("st.global.f32 [%0], d0;", layer); }
                if (column + 1 < outer) { CudaAsm.Emit("st.global.f32 [%0], d1;", layer + 4); }
            }
            else if (column + 1 < outer && (outer & 1) == 0)
            {
                CudaAsm.Emit("{ .reg .b32 p; cvt.rn.bf16x2.f32 p, d1, d0; st.global.b32 [%0], p; }", y + (index << 1));
            }
            else
            {
                if (column < outer) { CudaAsm.Emit("{ .reg .b16 p; cvt.rn.bf16.f32 p, d0; st.global.b16 [%0], p; }", y + (index << 1)); }
                if (column + 1 < outer) { CudaAsm.Emit("{ .reg .b16 p; cvt.rn.bf16.f32 p, d1; st.global.b16 [%0], p; }", y + (index << 1) + 2); }
            }
        }
    }

    private static void ToShared<TTile>(int at) where TTile : struct, ITile
    {
        int row = default(TTile).NTiles * TileShape.FragmentBytes;
        CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreLow0 + " }", at);
        if (default(TTile).NTiles > 4) { CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreHigh0 + " }", at); }
        if (default(TTile).MTiles > 1)
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreLow1 + " }", at + row);
            if (default(TTile).NTiles > 4) { CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreHigh1 + " }", at + row); }
        }
        if (default(TTile).MTiles > 2)
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreLow2 + " }", at + 2 * row);
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreLow3 + " }", at + 3 * row);
            if (default(TTile).NTiles > 4)
            {
                CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreHigh2 + " }", at + 2 * row);
                CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; " + MmaText.StoreHigh3 + " }", at + 3 * row);
            }
        }
    }
}

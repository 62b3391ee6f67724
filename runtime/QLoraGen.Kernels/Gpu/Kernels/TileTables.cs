using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>The tables that a tile kernel keeps in shared memory for its whole run.</summary>
internal static class TileTables
{
    /// <summary>Fills codebook, zeros and map, and reads the offset of double quantization; a barrier must follow.</summary>
    public static void Load(long codebook, long map, long offset, int thread)
    {
        if (thread < 16)
        {
            CudaAsm.Emit("{ .reg .b32 s, v; ld.global.nc.b32 v, [%1]; add.u32 s, sb, %0; st.shared.b32 [s], v; }", thread * 4, codebook + thread * 4L);
        }
        else if (thread < 20)
        {
            CudaAsm.Emit("{ .reg .b32 s; add.u32 s, sb, %0; st.shared.b32 [s], 0; }", thread * 4);
        }
        if (map != 0)
        {
            CudaAsm.Emit(
                "{ .reg .b32 s, v, w; ld.global.nc.v2.b32 {v, w}, [%1]; add.u32 s, sb, %0; st.shared.v2.b32 [s+1024], {v, w}; ld.global.nc.f32 offset, [%2]; }",
                thread * 8, map + thread * 8L, offset);
        }
    }
}

using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>Fills what <see cref="LookupText"/> reads.</summary>
internal static class Codebooks
{
    /// <summary>One codebook a lane, and the offset of double quantization; a barrier must follow.</summary>
    /// <param name="codebook">16 fp32.</param>
    /// <param name="map">0 without double quantization.</param>
    /// <param name="offset">One fp32.</param>
    /// <param name="thread">In the group.</param>
    /// <param name="threads">Of the group.</param>
    public static void Load(long codebook, long map, long offset, int thread, int threads)
    {
        CudaAsm.Emit("mov.u32 lane, lut; add.u32 lane, lane, %0;", (thread & 31) << 2);
        for (int code = thread >> 5; code < 16; code += threads >> 5)
        {
            CudaAsm.Emit("{ .reg .b32 a, c; ld.global.nc.b32 c, [%0]; add.u32 a, lane, %1; st.shared.b32 [a], c; }", codebook + code * 4L, code << 7);
        }
        if (map != 0)
        {
            CudaAsm.Emit("ld.global.nc.f32 offset, [%0];", offset);
        }
    }
}

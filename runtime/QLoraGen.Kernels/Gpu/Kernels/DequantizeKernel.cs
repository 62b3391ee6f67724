using ILGPU;
using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// All values to bf16, for products of many rows, which are libtorch's own then. A thread takes 8 codes at a time, so that
/// a warp reads 128 and writes 512 bytes in a row: what limits it is the memory alone.
/// </summary>
internal static class DequantizeKernel
{
    /// <summary>Threads of a group.</summary>
    public const int Threads = 256;

    /// <summary>to[i] = bf16 of value i, the very bits of the CPU's. The parameters are those of <see cref="TileKernel"/>.</summary>
    /// <param name="codes">Packed codes, 4-byte aligned.</param>
    /// <param name="absmax">fp32, or bytes where there is a map.</param>
    /// <param name="nested">fp32, one for 256 absmax.</param>
    /// <param name="offset">One fp32.</param>
    /// <param name="map">256 fp32, or 0 without double quantization.</param>
    /// <param name="codebook">16 fp32.</param>
    /// <param name="to">bf16, 16-byte aligned.</param>
    /// <param name="words">Values by eights.</param>
    /// <param name="logBlock">5 to 12.</param>
    public static void Run(long codes, long absmax, long nested, long offset, long map, long codebook, long to, long words, int logBlock)
    {
        CudaAsm.Emit(LookupText.Registers + ".reg .f32 absmax;");
        int thread = Group.IdxX;
        Codebooks.Load(codebook, map, offset, thread, Threads);
        Group.Barrier();
        long stride = (long)Grid.DimX * Threads;
        for (long i = ((long)Grid.IdxX * Threads) + thread; i < words; i += stride)
        {
            CudaAsm.Emit("ld.global.nc.b32 w, [%0];", codes + (i << 2));
            long block = (i << 3) >> logBlock;
            if (map != 0)
            {
                CudaAsm.Emit(LookupText.NestedBegin + "absmax" + LookupText.NestedEnd, absmax + block, nested + ((block >> 8) << 2), map);
            }
            else
            {
                CudaAsm.Emit("ld.global.nc.f32 absmax, [%0];", absmax + (block << 2));
            }
            CudaAsm.Emit(LookupText.Lookup);
            CudaAsm.Emit(Write, to + (i << 4));
        }
    }

    private const string Write = "{ .reg .b32 o<4>; mul.rn.f32 v0, v0, absmax; mul.rn.f32 v1, v1, absmax; mul.rn.f32 v2, v2, absmax; mul.rn.f32 v3, v3, absmax; "
        + "mul.rn.f32 v4, v4, absmax; mul.rn.f32 v5, v5, absmax; mul.rn.f32 v6, v6, absmax; mul.rn.f32 v7, v7, absmax; "
        + "cvt.rn.bf16x2.f32 o0, v1, v0; cvt.rn.bf16x2.f32 o1, v3, v2; cvt.rn.bf16x2.f32 o2, v5, v4; cvt.rn.bf16x2.f32 o3, v7, v6; "
        + "st.global.v4.b32 [%0], {o0, o1, o2, o3}; }";
}

using ILGPU;
using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>The end of the matrix-vector kernel: the adapter's part, the sums over lanes and warps in a fixed order, the result.</summary>
internal static class GemvResult
{
    /// <summary>Adds h [m, rank] b^T, with b [n, rank], a rank a thread at a time, to the sums that are still one a lane.</summary>
    public static void Adapter<TTokens>(long h, long b, int m, int n, int rank, int row0, int thread) where TTokens : struct, ITokens
    {
        for (int r = thread; r < rank; r += GemvKernel.Threads)
        {
            CudaAsm.Emit(Read + "x0, c, 16; }", h + ((long)r << 1));
            if (default(TTokens).Count > 1) { CudaAsm.Emit(Read + "x1, c, 16; }", h + (((long)GemvKernel.Within(1, m) * rank + r) << 1)); }
            if (default(TTokens).Count > 2)
            {
                CudaAsm.Emit(Read + "x2, c, 16; }", h + (((long)GemvKernel.Within(2, m) * rank + r) << 1));
                CudaAsm.Emit(Read + "x3, c, 16; }", h + (((long)GemvKernel.Within(3, m) * rank + r) << 1));
            }
            CudaAsm.Emit(Read + "x4, c, 16; }", b + (((long)row0 * rank + r) << 1));
            CudaAsm.Emit(Read + "x5, c, 16; }", b + (((long)GemvKernel.Within(row0 + 1, n) * rank + r) << 1));
            CudaAsm.Emit(Read + "x6, c, 16; }", b + (((long)GemvKernel.Within(row0 + 2, n) * rank + r) << 1));
            CudaAsm.Emit(Read + "x7, c, 16; }", b + (((long)GemvKernel.Within(row0 + 3, n) * rank + r) << 1));
            CudaAsm.Emit("fma.rn.f32 s0, x4, x0, s0; fma.rn.f32 s4, x5, x0, s4; fma.rn.f32 s8, x6, x0, s8; fma.rn.f32 s12, x7, x0, s12;");
            if (default(TTokens).Count > 1)
            {
                CudaAsm.Emit("fma.rn.f32 s1, x4, x1, s1; fma.rn.f32 s5, x5, x1, s5; fma.rn.f32 s9, x6, x1, s9; fma.rn.f32 s13, x7, x1, s13;");
            }
            if (default(TTokens).Count > 2)
            {
                CudaAsm.Emit("fma.rn.f32 s2, x4, x2, s2; fma.rn.f32 s6, x5, x2, s6; fma.rn.f32 s10, x6, x2, s10; fma.rn.f32 s14, x7, x2, s14;");
                CudaAsm.Emit("fma.rn.f32 s3, x4, x3, s3; fma.rn.f32 s7, x5, x3, s7; fma.rn.f32 s11, x6, x3, s11; fma.rn.f32 s15, x7, x3, s15;");
            }
        }
    }

    /// <summary>Sums over lanes, then over warps, and writes 4 columns of y [m, n].</summary>
    public static void Store<TTokens>(long y, int m, int n, int row0, int thread) where TTokens : struct, ITokens
    {
        CudaAsm.Emit(GemvText.Reduce0);
        if (default(TTokens).Count > 1) { CudaAsm.Emit(GemvText.Reduce1); }
        if (default(TTokens).Count > 2) { CudaAsm.Emit(GemvText.Reduce2); CudaAsm.Emit(GemvText.Reduce3); }
        if ((thread & 31) == 0)
        {
            CudaAsm.Emit(
                "{ .reg .b32 p; mov.u32 p, parts; add.u32 p, p, %0; st.shared.v4.f32 [p], {s0, s1, s2, s3}; st.shared.v4.f32 [p+16], {s4, s5, s6, s7}; "
                + "st.shared.v4.f32 [p+32], {s8, s9, s10, s11}; st.shared.v4.f32 [p+48], {s12, s13, s14, s15}; }",
                thread << 1);
        }
        Group.Barrier();
        int row = row0 + (thread >> 2), token = thread & 3;
        if (thread < 16 && row < n && token < m && token < default(TTokens).Count)
        {
            CudaAsm.Emit(
                "{ .reg .b32 p; .reg .f32 a, c, d, e; .reg .b16 r; mov.u32 p, parts; add.u32 p, p, %0; ld.shared.f32 a, [p]; ld.shared.f32 c, [p+64]; "
                + "ld.shared.f32 d, [p+128]; ld.shared.f32 e, [p+192]; add.rn.f32 a, a, c; add.rn.f32 a, a, d; add.rn.f32 a, a, e; "
                + "cvt.rn.bf16.f32 r, a; st.global.b16 [%1], r; }",
                thread << 2, y + (((long)token * n + row) << 1));
        }
    }

    private const string Read = "{ .reg .b16 u; .reg .b32 c; ld.global.nc.b16 u, [%0]; cvt.u32.u16 c, u; shl.b32 ";
}

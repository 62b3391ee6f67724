using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Tests.Gpu.Emulation;

/// <summary>Kernels in C# that use what kernels use: loops, shared memory, barriers, shuffles, calls, and inline PTX for tensor cores.</summary>
internal static class SampleKernels
{
    public const int SumThreads = 64;

    /// <summary>The sum of a view, by a tree in shared memory and then by shuffles.</summary>
    public static void Sum(ArrayView<float> values, ArrayView<float> total, int count)
    {
        var partial = SharedMemory.Allocate<float>(SumThreads);
        int t = Group.IdxX;
        float sum = 0;
        for (int i = Grid.GlobalIndex.X; i < count; i += Grid.DimX * Group.DimX)
            sum += values[i];
        partial[t] = sum;
        Group.Barrier();
        for (int half = Group.DimX / 2; half >= 32; half >>= 1)
        {
            if (t < half)
                partial[t] += partial[t + half];
            Group.Barrier();
        }
        if (t >= 32)
            return;
        sum = partial[t];
        for (int distance = 16; distance > 0; distance >>= 1)
            sum += Warp.ShuffleXor(sum, distance);
        if (t == 0)
            Atomic.Add(ref total[0], sum);
    }

    /// <summary>Digits mapped through a switch, a call and a local array, and the sign of each value turned by its neighbour's.</summary>
    public static void Decode(ArrayView<byte> codes, ArrayView<float> values)
    {
        var powers = LocalMemory.Allocate<float>(4);
        for (int i = 0; i < 4; i++)
            powers[i] = Power(2f, i);
        int t = Group.IdxX;
        values[t] = (codes[t] & 3) switch { 0 => -1f, 1 => 0.5f, 2 => 3f, _ => 10f } * powers[codes[t] >> 2 & 3];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Power(float value, int exponent)
    {
        float product = 1;
        for (int i = 0; i < exponent; i++)
            product *= value;
        return product;
    }

    /// <summary>D (16 x 8, f32) = A (16 x k, bf16) by B transposed (8 x k, bf16), by one warp a tile of eight columns, two stages deep.</summary>
    public static void Matmul(long a, long b, long d, int k)
    {
        CudaAsm.Emit(".shared .align 16 .b8 tileA[1024]; .shared .align 16 .b8 tileB[512]; .reg .f32 acc<4>; .reg .b32 fa<4>, fb<2>;");
        CudaAsm.Emit("mov.f32 acc0, 0f00000000; mov.f32 acc1, 0f00000000; mov.f32 acc2, 0f00000000; mov.f32 acc3, 0f00000000;");
        int t = Group.IdxX;
        long fromA = a + ((t >> 1) * k + (t & 1) * 8) * 2L;
        long fromB = b + ((Grid.IdxX * 8 + (t >> 1)) * k + (t & 1) * 8) * 2L;
        int rowA = ((t & 15) * 2 + (t >> 4)) * 16;
        int rowB = ((t & 7) * 2 + (t >> 3 & 1)) * 16;
        Issue(fromA, fromB, t, 0);
        int stages = k / 16;
        for (int s = 0; s < stages; s++)
        {
            if (s + 1 < stages)
                Issue(fromA + (s + 1) * 32, fromB + (s + 1) * 32, t, s + 1 & 1);
            else
                CudaAsm.Emit("cp.async.commit_group;");
            CudaAsm.Emit("cp.async.wait_group 1;");
            Group.Barrier();
            CudaAsm.Emit("{ .reg .u32 at; mov.u32 at, tileA; add.u32 at, at, %0; ldmatrix.sync.aligned.m8n8.x4.shared.b16 {fa0,fa1,fa2,fa3}, [at]; }", rowA + (s & 1) * 512);
            CudaAsm.Emit("{ .reg .u32 at; mov.u32 at, tileB; add.u32 at, at, %0; ldmatrix.sync.aligned.m8n8.x2.shared.b16 {fb0,fb1}, [at]; }", rowB + (s & 1) * 256);
            CudaAsm.Emit("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {acc0,acc1,acc2,acc3}, {fa0,fa1,fa2,fa3}, {fb0,fb1}, {acc0,acc1,acc2,acc3};");
            Group.Barrier();
        }
        long to = d + (((t >> 2) * Grid.DimX + Grid.IdxX) * 8 + (t & 3) * 2) * 4L;
        CudaAsm.Emit("st.global.v2.f32 [%0], {acc0, acc1};", to);
        CudaAsm.Emit("st.global.v2.f32 [%0], {acc2, acc3};", to + Grid.DimX * 8 * 8 * 4L);
    }

    private static void Issue(long fromA, long fromB, int t, int stage)
    {
        CudaAsm.Emit("{ .reg .u32 at; mov.u32 at, tileA; add.u32 at, at, %0; cp.async.cg.shared.global [at], [%1], 16; }", stage * 512 + t * 16, fromA);
        CudaAsm.Emit("{ .reg .u32 at; .reg .pred few; mov.u32 at, tileB; add.u32 at, at, %0; setp.lt.u32 few, %2, 16; @few cp.async.cg.shared.global [at], [%1], 16; }", stage * 256 + t * 16, fromB, t);
        CudaAsm.Emit("cp.async.commit_group;");
    }
}

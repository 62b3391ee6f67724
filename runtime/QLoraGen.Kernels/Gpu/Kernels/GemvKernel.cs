using ILGPU;
using ILGPU.Runtime.Cuda;

namespace QLoraGen.Kernels.Gpu;

/// <summary>How many tokens a matrix-vector kernel is specialised on: 1, 2 or 4.</summary>
internal interface ITokens
{
    /// <summary>The tokens.</summary>
    int Count { get; }
}

/// <summary>One token.</summary>
internal readonly struct OneToken : ITokens { public int Count => 1; }

/// <summary>Two tokens.</summary>
internal readonly struct TwoTokens : ITokens { public int Count => 2; }

/// <summary>Three or four tokens.</summary>
internal readonly struct FourTokens : ITokens { public int Count => 4; }

/// <summary>
/// y = x W^T for very few rows of x, limited by how fast the codes come: a group of 4 warps makes 4 rows of W, each lane
/// taking 32 codes of every row at a time (16-byte loads), all of one block. A code is looked up in fp32 with one read of
/// shared memory that never meets another lane's bank; a block's sum is multiplied by its absmax once.
/// </summary>
/// <remarks>Needs rows of whole blocks and of a multiple of 32 values, and 16-byte aligned addresses.</remarks>
internal static class GemvKernel
{
    /// <summary>Threads of a group.</summary>
    public const int Threads = 128;

    /// <summary>Rows of W that a group makes.</summary>
    public const int Rows = 4;

    private const int Run = 32;

    /// <summary>4 columns of y. The parameters are those of <see cref="TileKernel"/>; any rank will do.</summary>
    public static void Multiply<TTokens>(
        long x, long codes, long absmax, long nested, long offset, long map, long codebook, long h, long adapter, long y,
        int m, int n, int k, int logBlock, int rank) where TTokens : struct, ITokens
    {
        CudaAsm.Emit(GemvText.Registers);
        CudaAsm.Emit(GemvText.Zero);
        int thread = Group.IdxX, row0 = Grid.IdxX * Rows;
        Codebooks.Load(codebook, map, offset, thread, Threads);
        long flat0 = (long)row0 * k;
        long flat1 = (long)Within(row0 + 1, n) * k, flat2 = (long)Within(row0 + 2, n) * k, flat3 = (long)Within(row0 + 3, n) * k;
        Group.Barrier();

        for (int at = thread * Run; at < k; at += Threads * Run)
        {
            CudaAsm.Emit(
                "ld.global.nc.L1::no_allocate.v4.b32 {q0, q1, q2, q3}, [%0]; ld.global.nc.L1::no_allocate.v4.b32 {q4, q5, q6, q7}, [%1]; "
                + "ld.global.nc.L1::no_allocate.v4.b32 {q8, q9, q10, q11}, [%2]; ld.global.nc.L1::no_allocate.v4.b32 {q12, q13, q14, q15}, [%3];",
                codes + ((flat0 + at) >> 1), codes + ((flat1 + at) >> 1), codes + ((flat2 + at) >> 1), codes + ((flat3 + at) >> 1));
            Absmax(absmax, nested, map, (flat0 + at) >> logBlock, (flat1 + at) >> logBlock, (flat2 + at) >> logBlock, (flat3 + at) >> logBlock);
            long token = x + ((long)at << 1), pitch = (long)k << 1;
            GemvWords.Add0<TTokens>(token, pitch, m);
            GemvWords.Add1<TTokens>(token + 16, pitch, m);
            GemvWords.Add2<TTokens>(token + 32, pitch, m);
            GemvWords.Add3<TTokens>(token + 48, pitch, m);
            CudaAsm.Emit(GemvText.Scale0);
            if (default(TTokens).Count > 1) { CudaAsm.Emit(GemvText.Scale1); }
            if (default(TTokens).Count > 2) { CudaAsm.Emit(GemvText.Scale2); CudaAsm.Emit(GemvText.Scale3); }
        }
        GemvResult.Adapter<TTokens>(h, adapter, m, n, rank, row0, thread);
        GemvResult.Store<TTokens>(y, m, n, row0, thread);
    }

    /// <summary>The row, or the last one where there is no such row.</summary>
    internal static int Within(int row, int rows) => row < rows ? row : rows - 1;

    private static void Absmax(long absmax, long nested, long map, long block0, long block1, long block2, long block3)
    {
        if (map != 0)
        {
            CudaAsm.Emit(LookupText.NestedBegin + "absmax0" + LookupText.NestedEnd, absmax + block0, nested + ((block0 >> 8) << 2), map);
            CudaAsm.Emit(LookupText.NestedBegin + "absmax1" + LookupText.NestedEnd, absmax + block1, nested + ((block1 >> 8) << 2), map);
            CudaAsm.Emit(LookupText.NestedBegin + "absmax2" + LookupText.NestedEnd, absmax + block2, nested + ((block2 >> 8) << 2), map);
            CudaAsm.Emit(LookupText.NestedBegin + "absmax3" + LookupText.NestedEnd, absmax + block3, nested + ((block3 >> 8) << 2), map);
        }
        else
        {
            CudaAsm.Emit(
                "ld.global.nc.f32 absmax0, [%0]; ld.global.nc.f32 absmax1, [%1]; ld.global.nc.f32 absmax2, [%2]; ld.global.nc.f32 absmax3, [%3];",
                absmax + (block0 << 2), absmax + (block1 << 2), absmax + (block2 << 2), absmax + (block3 << 2));
        }
    }
}

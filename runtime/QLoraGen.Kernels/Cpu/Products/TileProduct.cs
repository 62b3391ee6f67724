using System.Runtime.CompilerServices;

namespace QLoraGen.Kernels;

/// <summary>
/// c = a b for one tile of c, whose sums stay in twelve registers: AVX2 has sixteen. Each value of a is broadcast from memory
/// to every lane, so only b must lie in whole registers. It is as fast as the multipliers where b, of depth * 2 registers,
/// fits the first-level cache.
/// </summary>
internal static unsafe class TileProduct<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    /// <summary>Rows of a wide tile, which is two registers wide.</summary>
    public const int WideRows = 6;

    /// <summary>Rows of a narrow tile, which is one register wide.</summary>
    public const int NarrowRows = 12;

    /// <summary>Six rows of two registers.</summary>
    /// <param name="a">The first of its rows, <paramref name="lda"/> floats apart.</param>
    /// <param name="lda">Floats from one row of a to the next.</param>
    /// <param name="b">Depth rows, <paramref name="ldb"/> floats apart.</param>
    /// <param name="ldb">Floats from one row of b to the next.</param>
    /// <param name="depth">What is summed over.</param>
    /// <param name="c">The first of its rows, <paramref name="ldc"/> floats apart.</param>
    /// <param name="ldc">Floats from one row of c to the next.</param>
    /// <param name="add">Adds to c instead of overwriting it.</param>
    /// <param name="sort">Whether a row of b is a group as a lookup gives it, which is put in order in c.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(float* a, long lda, float* b, long ldb, int depth, float* c, long ldc, bool add, bool sort)
    {
        TVector s0a = default, s1a = default, s2a = default, s3a = default, s4a = default, s5a = default;
        TVector s0b = default, s1b = default, s2b = default, s3b = default, s4b = default, s5b = default;
        float* a4 = a + 4 * lda;
        long lda2 = 2 * lda, lda3 = 3 * lda;
        for (float* end = b + depth * ldb; b < end; b += ldb, a++, a4++)
        {
            TVector left = TLanes.Load(b), right = TLanes.Load(b + TLanes.Count);
            AddScaled(a[0], left, right, ref s0a, ref s0b);
            AddScaled(a[lda], left, right, ref s1a, ref s1b);
            AddScaled(a[lda2], left, right, ref s2a, ref s2b);
            AddScaled(a[lda3], left, right, ref s3a, ref s3b);
            AddScaled(a4[0], left, right, ref s4a, ref s4b);
            AddScaled(a4[lda], left, right, ref s5a, ref s5b);
        }
        Put(c, s0a, s0b, add, sort);
        Put(c + ldc, s1a, s1b, add, sort);
        Put(c + 2 * ldc, s2a, s2b, add, sort);
        Put(c + 3 * ldc, s3a, s3b, add, sort);
        Put(c + 4 * ldc, s4a, s4b, add, sort);
        Put(c + 5 * ldc, s5a, s5b, add, sort);
    }

    /// <summary>Twelve rows of one register.</summary>
    /// <param name="a">The first of its rows, <paramref name="lda"/> floats apart.</param>
    /// <param name="lda">Floats from one row of a to the next.</param>
    /// <param name="b">Depth rows, <paramref name="ldb"/> floats apart.</param>
    /// <param name="ldb">Floats from one row of b to the next.</param>
    /// <param name="depth">What is summed over.</param>
    /// <param name="c">The first of its rows, <paramref name="ldc"/> floats apart.</param>
    /// <param name="ldc">Floats from one row of c to the next.</param>
    /// <param name="add">Adds to c instead of overwriting it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(float* a, long lda, float* b, long ldb, int depth, float* c, long ldc, bool add)
    {
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, s9 = default, s10 = default, s11 = default;
        float* a4 = a + 4 * lda, a8 = a + 8 * lda;
        long lda2 = 2 * lda, lda3 = 3 * lda;
        for (float* end = b + depth * ldb; b < end; b += ldb, a++, a4++, a8++)
        {
            TVector row = TLanes.Load(b);
            s0 = TLanes.MultiplyAdd(TLanes.Broadcast(a[0]), row, s0);
            s1 = TLanes.MultiplyAdd(TLanes.Broadcast(a[lda]), row, s1);
            s2 = TLanes.MultiplyAdd(TLanes.Broadcast(a[lda2]), row, s2);
            s3 = TLanes.MultiplyAdd(TLanes.Broadcast(a[lda3]), row, s3);
            s4 = TLanes.MultiplyAdd(TLanes.Broadcast(a4[0]), row, s4);
            s5 = TLanes.MultiplyAdd(TLanes.Broadcast(a4[lda]), row, s5);
            s6 = TLanes.MultiplyAdd(TLanes.Broadcast(a4[lda2]), row, s6);
            s7 = TLanes.MultiplyAdd(TLanes.Broadcast(a4[lda3]), row, s7);
            s8 = TLanes.MultiplyAdd(TLanes.Broadcast(a8[0]), row, s8);
            s9 = TLanes.MultiplyAdd(TLanes.Broadcast(a8[lda]), row, s9);
            s10 = TLanes.MultiplyAdd(TLanes.Broadcast(a8[lda2]), row, s10);
            s11 = TLanes.MultiplyAdd(TLanes.Broadcast(a8[lda3]), row, s11);
        }
        Put(c, s0, add);
        Put(c + ldc, s1, add);
        Put(c + 2 * ldc, s2, add);
        Put(c + 3 * ldc, s3, add);
        Put(c + 4 * ldc, s4, add);
        Put(c + 5 * ldc, s5, add);
        Put(c + 6 * ldc, s6, add);
        Put(c + 7 * ldc, s7, add);
        Put(c + 8 * ldc, s8, add);
        Put(c + 9 * ldc, s9, add);
        Put(c + 10 * ldc, s10, add);
        Put(c + 11 * ldc, s11, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(float scale, TVector left, TVector right, ref TVector leftSum, ref TVector rightSum)
    {
        TVector factor = TLanes.Broadcast(scale);
        leftSum = TLanes.MultiplyAdd(factor, left, leftSum);
        rightSum = TLanes.MultiplyAdd(factor, right, rightSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, TVector left, TVector right, bool add, bool sort)
    {
        if (sort)
        {
            TLanes.Sort(ref left, ref right);
        }
        Put(c, left, add);
        Put(c + TLanes.Count, right, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(float* c, TVector sum, bool add) => TLanes.Store(add ? TLanes.Add(TLanes.Load(c), sum) : sum, c);
}

using System.Runtime.CompilerServices;

namespace QLoraGen.Kernels;

/// <summary>
/// Rows of x as the right-hand side of <see cref="TileProduct{TLanes, TVector, TBook}"/>: x transposed, so that a register
/// holds one column of as many rows. It is cut twice: along k in slices of <see cref="Depth"/>, and each slice along m in
/// panels of two registers, the last of which may be one; a panel [depth, width] lies in one piece, padded with zeros.
/// </summary>
internal static unsafe class PackedRows<TLanes, TVector, TBook>
    where TLanes : ILanes<TVector, TBook> where TVector : unmanaged where TBook : unmanaged
{
    /// <summary>What is summed over at a time: a panel of two AVX-512 registers takes 32 KB of the first-level cache.</summary>
    public const int Depth = 256;

    /// <summary>m rounded up to whole registers.</summary>
    public static int Padded(int m) => (m + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

    /// <summary>Rows in the panel that starts with <paramref name="rows"/> rows left.</summary>
    public static int Width(int rows) => rows > TLanes.Count ? 2 * TLanes.Count : TLanes.Count;

    /// <summary>Packs one slice: columns <paramref name="first"/> to first + depth of x [m, k].</summary>
    /// <param name="x">The first row.</param>
    /// <param name="m">Rows.</param>
    /// <param name="k">Floats from one row to the next.</param>
    /// <param name="first">The first column.</param>
    /// <param name="depth">Columns.</param>
    /// <param name="scale">Multiplies each value.</param>
    /// <param name="inGroups">Whether the columns go in the order in which a lookup gives the values of a group.</param>
    /// <param name="to">[depth, <see cref="Padded"/>], in panels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(float* x, int m, int k, int first, int depth, float scale, bool inGroups, float* to)
    {
        int width;
        for (int row = 0; row < m; row += width, to += (long)depth * width)
        {
            width = Width(m - row);
            for (int lane = 0; lane < width; lane++)
            {
                float* at = to + lane;
                if (row + lane >= m)
                {
                    for (int i = 0; i < depth; i++)
                    {
                        at[(long)i * width] = 0;
                    }
                    continue;
                }
                float* from = x + (long)(row + lane) * k + first;
                if (inGroups && TLanes.SplitsPairs)
                {
                    FillPairs(from, depth, scale, at, width);
                    continue;
                }
                for (int i = 0; i < depth; i++)
                {
                    at[(long)i * width] = from[i] * scale;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FillPairs(float* from, int depth, float scale, float* at, int width)
    {
        long half = (long)TLanes.Count * width;
        for (int group = 0; group < depth; group += 2 * TLanes.Count, at += 2 * half)
        {
            for (int i = 0; i < TLanes.Count; i++)
            {
                at[(long)i * width] = from[group + 2 * i] * scale;
                at[half + (long)i * width] = from[group + 2 * i + 1] * scale;
            }
        }
    }
}

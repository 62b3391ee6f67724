using System.Runtime.CompilerServices;

namespace QLoraGen.Kernels;

/// <summary>
/// Rows of x in the order in which the codes are decoded: in each group of 2 * lanes values first those at even positions,
/// then those at odd ones, as the two nibbles of consecutive bytes come apart that way. Rows go in tiles, whose groups lie
/// beside one another; a tile that is not full is filled with zeros.
/// </summary>
internal static unsafe class GroupedRows
{
    /// <summary>The widest tile: with it a decoded value is used eight times.</summary>
    public const int MaxTile = 8;

    /// <summary>Up to this many rows go one by one: half of a tile of four would be zeros.</summary>
    public const int MaxSingles = 2;

    /// <summary>Rows of the tile that starts with <paramref name="rows"/> rows left: 1, 4 or, where the registers suffice, 8.</summary>
    public static int Tile(int rows, int lanes) => rows <= MaxSingles ? 1 : rows <= 4 || lanes < 16 ? 4 : MaxTile;

    /// <summary>Floats that all tiles of m rows of k take at most.</summary>
    public static long Length(int m, int k) => (m + MaxTile - 1L) * k;

    /// <summary>Copies x [m, k] to <paramref name="to"/>, tile by tile; k is a multiple of 2 * lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(float* x, int m, int k, int lanes, float* to)
    {
        int group = 2 * lanes;
        for (int first = 0, tile; first < m; first += tile)
        {
            tile = Tile(m - first, lanes);
            for (int i = 0; i < tile; i++)
            {
                float* row = x + (long)(first + i) * k;
                bool real = first + i < m;
                for (int start = 0; start < k; start += group)
                {
                    float* at = to + (long)start * tile + i * group;
                    for (int j = 0; j < lanes; j++)
                    {
                        at[j] = real ? row[start + 2 * j] : 0;
                        at[lanes + j] = real ? row[start + 2 * j + 1] : 0;
                    }
                }
            }
            to += (long)tile * k;
        }
    }
}

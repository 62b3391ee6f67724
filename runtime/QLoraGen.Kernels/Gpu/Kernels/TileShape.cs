namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// Where things lie in the shared memory of a tile kernel, in bytes from its start: the codebook, zeros, the dynamic map,
/// two buffers of decoded weight, then a ring of stages, each a tile of activations, codes and the words of the absmax.
/// The finished sums take the place of everything at the end.
/// </summary>
internal static class TileShape
{
    /// <summary>Threads of a group.</summary>
    public const int Threads = 128;

    /// <summary>Columns of the product that a group makes.</summary>
    public const int Columns = 128;

    /// <summary>Steps of the reduction at a time: each thread decodes 64 codes of one row.</summary>
    public const int Depth = 64;

    /// <summary>16 bytes of zeros, behind the codebook.</summary>
    public const int Zeros = 64;

    /// <summary>The 256 entries of the dynamic map.</summary>
    public const int Map = 1024;

    /// <summary>The first of two buffers of decoded weight.</summary>
    public const int Weight = 2048;

    /// <summary>Bytes of one of them: 128 x 64 or 64 x 128 bf16.</summary>
    public const int WeightBytes = Columns * Depth * 2;

    /// <summary>The first stage.</summary>
    public const int Stages = Weight + 2 * WeightBytes;

    /// <summary>Bytes of codes in a stage: 16 a thread, twice.</summary>
    public const int CodeBytes = Threads * 32;

    /// <summary>Bytes of absmax words in a stage: 4 a thread, for two absmax and the nested absmax.</summary>
    public const int WordBytes = Threads * 4;

    /// <summary>Bytes between the fragments of finished sums: padded, so that reading rows meets no bank twice.</summary>
    public const int FragmentBytes = 576;

    /// <summary>Rows of the product that a group makes.</summary>
    public static int Rows(ITile tile) => tile.MTiles * 16 * tile.NTiles / 4;

    /// <summary>Bytes of shared memory that a launch asks for.</summary>
    public static int SharedBytes(ITile tile) => Math.Max(
        Stages + tile.Stages * (Rows(tile) * Depth * 2 + CodeBytes + 3 * WordBytes),
        4 * tile.MTiles * tile.NTiles * FragmentBytes);
}

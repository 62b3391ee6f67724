namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// What a tile kernel is specialised on. A group of 4 warps makes MTiles * 16 * (4 / WarpsN) rows by 128 columns of the
/// product; ILGPU folds the constants, so each tile is a kernel of its own from one source.
/// </summary>
internal interface ITile
{
    /// <summary>Fragments of 16 rows a warp: 1, 2 or 4.</summary>
    int MTiles { get; }

    /// <summary>Fragments of 8 columns a warp: 4, with the warps side by side, or 8, with the warps two by two.</summary>
    int NTiles { get; }

    /// <summary>Steps of the reduction that are on their way or in use.</summary>
    int Stages { get; }

    /// <summary>Whether the product is gx = gy W rather than y = x W^T: 1 or 0.</summary>
    int Transposed { get; }
}

/// <summary>y, 16 rows: few tokens at a time, limited by the bandwidth of the codes.</summary>
internal readonly struct Forward16 : ITile { public int MTiles => 1; public int NTiles => 4; public int Stages => 4; public int Transposed => 0; }

/// <summary>y, 32 rows.</summary>
internal readonly struct Forward32 : ITile { public int MTiles => 2; public int NTiles => 4; public int Stages => 4; public int Transposed => 0; }

/// <summary>y, 64 rows.</summary>
internal readonly struct Forward64 : ITile { public int MTiles => 4; public int NTiles => 4; public int Stages => 4; public int Transposed => 0; }

/// <summary>y, 128 rows: prompts and training, limited by the tensor cores.</summary>
internal readonly struct Forward128 : ITile { public int MTiles => 4; public int NTiles => 8; public int Stages => 3; public int Transposed => 0; }

/// <summary>gx, 16 rows.</summary>
internal readonly struct Backward16 : ITile { public int MTiles => 1; public int NTiles => 4; public int Stages => 4; public int Transposed => 1; }

/// <summary>gx, 32 rows.</summary>
internal readonly struct Backward32 : ITile { public int MTiles => 2; public int NTiles => 4; public int Stages => 4; public int Transposed => 1; }

/// <summary>gx, 64 rows.</summary>
internal readonly struct Backward64 : ITile { public int MTiles => 4; public int NTiles => 4; public int Stages => 4; public int Transposed => 1; }

/// <summary>gx, 128 rows.</summary>
internal readonly struct Backward128 : ITile { public int MTiles => 4; public int NTiles => 8; public int Stages => 3; public int Transposed => 1; }

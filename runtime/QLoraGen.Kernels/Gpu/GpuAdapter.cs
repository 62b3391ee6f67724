namespace QLoraGen.Kernels.Gpu;

/// <summary>A low-rank adapter's part of a product: the inner result, scaled, and the matrix it is still to be multiplied by.</summary>
/// <param name="H">Address of bf16 [m, rank]: scale * (x A^T) or, transposed, scale * (gy B); 16-byte aligned.</param>
/// <param name="Weight">Address of bf16 B [N, rank] or, transposed, A [rank, K]; 16-byte aligned.</param>
/// <param name="Rank">r; 0 for no adapter. Multiples of 8 take the fast kernels.</param>
public readonly record struct GpuAdapter(nint H, nint Weight, int Rank);

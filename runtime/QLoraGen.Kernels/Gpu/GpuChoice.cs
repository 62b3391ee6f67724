namespace QLoraGen.Kernels.Gpu;

/// <summary>What a product takes: the kernel, how many layers of partial sums, and why.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Layers">1, or how many parts of the sum are made side by side.</param>
/// <param name="Reason">For people.</param>
public readonly record struct GpuChoice(string Kernel, int Layers, string Reason);

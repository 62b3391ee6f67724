namespace QLoraGen.Kernels.Gpu;

/// <summary>A compiled kernel: PTX, which any driver new enough turns into machine code.</summary>
/// <param name="Entry">The name of its entry point.</param>
/// <param name="Text">The whole module.</param>
internal sealed record PtxKernel(string Entry, string Text);

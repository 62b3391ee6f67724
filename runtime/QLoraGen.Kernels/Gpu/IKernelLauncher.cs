namespace QLoraGen.Kernels.Gpu;

/// <summary>Where kernels run: a CUDA device or, in tests, an interpreter of their PTX.</summary>
internal interface IKernelLauncher
{
    /// <summary>Multiprocessors of the device: how many groups are worth making.</summary>
    int Multiprocessors { get; }

    /// <summary>The codebook of a type, 16 fp32 on the device.</summary>
    nint Codebook(QuantType type);

    /// <summary>What <see cref="QuantizeKernels"/> goes by for a type: 16 fp32 thresholds, then 16 codes, on the device.</summary>
    nint EncoderTable(QuantType type);

    /// <summary>bitsandbytes' dynamic map, 256 fp32 on the device.</summary>
    nint DynamicMap { get; }

    /// <summary>Starts a kernel on a stream; does not wait for it.</summary>
    void Launch(KernelSource kernel, GridSize grid, ReadOnlySpan<byte> arguments, nint stream);
}

/// <summary>How many groups a kernel is started with.</summary>
internal readonly record struct GridSize(int X, int Y = 1, int Z = 1);

namespace QLoraGen.Kernels.Gpu;

/// <summary>
/// Quantizes on the device to the same bits as <see cref="Quantizer"/>: codes and fp32 absmax. Double quantization goes on
/// from the absmax, one in 64 values, on the CPU.
/// </summary>
public static class GpuQuantizer
{
    /// <summary>Queues fp32 values.</summary>
    /// <param name="device">Where everything lies.</param>
    /// <param name="from">fp32 [count], the flattened weight.</param>
    /// <param name="count">Values.</param>
    /// <param name="type">NF4, FP4 or INT4.</param>
    /// <param name="blockSize">Values that share an absmax.</param>
    /// <param name="codes">u8 [(count + 1) / 2].</param>
    /// <param name="absmax">fp32, one a block.</param>
    /// <param name="stream">A CUDA stream; 0 for the default one.</param>
    /// <exception cref="ArgumentException">The type or the block size cannot be.</exception>
    /// <exception cref="CudaException">The driver refuses; the message says what and how to mend it.</exception>
    public static void QuantizeFloat(GpuDevice device, nint from, long count, QuantType type, int blockSize, nint codes, nint absmax, nint stream = 0) =>
        Quantize(device.Launcher, isFloat: true, from, count, type, blockSize, codes, absmax, stream);

    /// <summary>Queues bfloat16 values.</summary>
    /// <param name="device">Where everything lies.</param>
    /// <param name="from">bf16 [count], the flattened weight.</param>
    /// <param name="count">Values.</param>
    /// <param name="type">NF4, FP4 or INT4.</param>
    /// <param name="blockSize">Values that share an absmax.</param>
    /// <param name="codes">u8 [(count + 1) / 2].</param>
    /// <param name="absmax">fp32, one a block.</param>
    /// <param name="stream">A CUDA stream; 0 for the default one.</param>
    /// <exception cref="ArgumentException">The type or the block size cannot be.</exception>
    /// <exception cref="CudaException">The driver refuses; the message says what and how to mend it.</exception>
    public static void QuantizeBFloat16(GpuDevice device, nint from, long count, QuantType type, int blockSize, nint codes, nint absmax, nint stream = 0) =>
        Quantize(device.Launcher, isFloat: false, from, count, type, blockSize, codes, absmax, stream);

    internal static void Quantize(
        IKernelLauncher launcher, bool isFloat, nint from, long count, QuantType type, int blockSize, nint codes, nint absmax, nint stream)
    {
        new QuantFormat(type, blockSize, DoubleQuant: false).Validate();
        if (count > 0)
        {
            GpuLaunches.Quantize(launcher, isFloat, from, type, blockSize, count, codes, absmax, stream);
        }
    }
}

namespace QLoraGen.Kernels.Gpu;

/// <summary>Recovers the values of a quantized weight on the device: codebook[code] * absmax in fp32, rounded to bf16 once.</summary>
public static class GpuDequantizer
{
    /// <summary>Queues the whole weight, any shape; counts that are not a multiple of 8 take the plain kernel.</summary>
    /// <param name="device">Where everything lies.</param>
    /// <param name="w">The weight [N, K].</param>
    /// <param name="to">bf16 [N, K], row by row.</param>
    /// <param name="stream">A CUDA stream; 0 for the default one.</param>
    /// <exception cref="CudaException">The driver refuses; the message says what and how to mend it.</exception>
    public static void Dequantize(GpuDevice device, in GpuWeight w, nint to, nint stream = 0) =>
        GpuLaunches.Dequantize(device.Launcher, w, to, stream);
}

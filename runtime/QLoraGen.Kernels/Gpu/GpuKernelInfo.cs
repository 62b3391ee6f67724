namespace QLoraGen.Kernels.Gpu;

/// <summary>A kernel as the driver compiled it for a device.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="SpilledBytes">Bytes of a thread that did not fit in registers; 0 is as it should be.</param>
/// <param name="SharedBytes">Dynamic shared memory of a group.</param>
public readonly record struct GpuKernelInfo(string Name, int Registers, int SpilledBytes, int SharedBytes)
{
    /// <summary>The names of all kernels; no device is needed.</summary>
    public static IReadOnlyList<string> Names => [.. GpuKernels.All.Select(kernel => kernel.Name)];

    /// <summary>The names of all kernels and the PTX that they compile to; no device is needed.</summary>
    public static IEnumerable<(string Name, string Ptx)> Texts => GpuKernels.All.Select(kernel => (kernel.Name, PtxCompiler.Compile(kernel).Text));

    /// <summary>Compiles and loads every kernel.</summary>
    /// <exception cref="CudaException">The driver cannot compile one; its log is in the message.</exception>
    public static IEnumerable<GpuKernelInfo> Of(GpuDevice device)
    {
        foreach (KernelSource kernel in GpuKernels.All)
        {
            device.MakeCurrent();
            CudaModule module = device.Launcher.Module(kernel);
            yield return new(kernel.Name, module.RegisterCount, module.SpilledBytes, kernel.DynamicShared);
        }
    }
}

using System.Collections.Concurrent;

namespace QLoraGen.Kernels.Gpu;

/// <summary>Launches kernels in a device's primary context, which is libtorch's too, loading each when it is first asked for.</summary>
internal sealed class CudaLauncher : IKernelLauncher
{
    private readonly GpuDevice device;
    private readonly PtxCache cache;
    private readonly ConcurrentDictionary<KernelSource, Lazy<CudaModule>> modules = new();
    private readonly Lazy<nint> tables;

    public CudaLauncher(GpuDevice device, PtxCache cache)
    {
        (this.device, this.cache) = (device, cache);
        tables = new(() =>
        {
            byte[] bytes = GpuTables.Bytes();
            var memory = new DeviceMemory(device, bytes.Length);   // for as long as the process
            memory.Write<byte>(bytes);
            return memory.Address;
        });
    }

    public int Multiprocessors => device.Multiprocessors;

    public nint DynamicMap => tables.Value + GpuTables.DynamicMap;

    public nint Codebook(QuantType type) => tables.Value + GpuTables.Codebook(type);

    public nint EncoderTable(QuantType type) => tables.Value + GpuTables.Encoder(type);

    public void Launch(KernelSource kernel, GridSize grid, ReadOnlySpan<byte> arguments, nint stream)
    {
        device.MakeCurrent();
        Module(kernel).Launch(grid, arguments, stream);
    }

    /// <summary>The loaded kernel.</summary>
    public CudaModule Module(KernelSource kernel) =>
        modules.GetOrAdd(kernel, source => new(() => new(source, cache.Get(source)))).Value;
}

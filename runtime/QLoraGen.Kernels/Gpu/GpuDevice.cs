using System.Text;

namespace QLoraGen.Kernels.Gpu;

/// <summary>A CUDA device by its primary context, the one that libtorch works in too, so that tensors are used where they are.</summary>
public sealed unsafe class GpuDevice
{
    private const int MultiprocessorCount = 16, Major = 75, Minor = 76, L2Bytes = 38;   // CU_DEVICE_ATTRIBUTE_...

    private readonly nint context;

    private GpuDevice(int ordinal, PtxCache cache)
    {
        CudaDriver.Check(CudaDriver.DeviceGet(out int device, ordinal), $"opening device {ordinal}");
        byte* name = stackalloc byte[256];
        CudaDriver.Check(CudaDriver.DeviceGetName(name, 256, device), $"asking for the name of device {ordinal}");
        Name = Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
        Architecture = 10 * Attribute(device, Major) + Attribute(device, Minor);
        Multiprocessors = Attribute(device, MultiprocessorCount);
        L2CacheBytes = Attribute(device, L2Bytes);
        CudaDriver.Check(CudaDriver.DeviceTotalMem(out nuint total, device), $"asking for the memory of {Name}");
        TotalBytes = (long)total;
        if (Architecture < PtxCompiler.OldestArchitecture)
        {
            throw CudaException.NoDevice($"{Name} is sm_{Architecture}, the kernels need sm_{PtxCompiler.OldestArchitecture} or newer");
        }
        CudaDriver.Check(CudaDriver.DevicePrimaryCtxRetain(out context, device), $"entering {Name}");
        Launcher = new CudaLauncher(this, cache);
    }

    /// <summary>Why no device can be used, or null where one can be opened.</summary>
    public static string? WhyNone
    {
        get
        {
            if (CudaDriver.Missing is { } missing)
            {
                return missing;
            }
            int error = CudaDriver.DeviceGetCount(out int count);
            return error != 0 ? CudaException.Of(error, "counting devices").Message
                : count == 0 ? "the driver sees no device: look at CUDA_VISIBLE_DEVICES" : null;
        }
    }

    /// <summary>The newest CUDA that the driver knows, 1000 * major + 10 * minor; 0 without a driver.</summary>
    public static int DriverVersion => CudaDriver.Missing is null && CudaDriver.DriverGetVersion(out int version) == 0 ? version : 0;

    /// <summary>What the driver calls the device.</summary>
    public string Name { get; }

    /// <summary>The compute capability, 10 * major + minor: 80 for an A100, 90 for an H100.</summary>
    public int Architecture { get; }

    /// <summary>How many multiprocessors there are.</summary>
    public int Multiprocessors { get; }

    /// <summary>Bytes of the L2 cache.</summary>
    public long L2CacheBytes { get; }

    /// <summary>Bytes of memory.</summary>
    public long TotalBytes { get; }

    internal CudaLauncher Launcher { get; }

    /// <summary>Opens a device for as long as the process.</summary>
    /// <param name="ordinal">As libtorch counts them.</param>
    /// <exception cref="CudaException">There is none; the message says why and how to mend it.</exception>
    public static GpuDevice Open(int ordinal = 0) =>
        WhyNone is { } why ? throw CudaException.NoDevice(why) : new(ordinal, new PtxCache(PtxCache.DefaultFolder));

    /// <summary>Waits for everything queued on the device.</summary>
    /// <exception cref="CudaException">Something queued before has failed.</exception>
    public void Synchronize()
    {
        MakeCurrent();
        CudaDriver.Check(CudaDriver.CtxSynchronize(), $"waiting for {Name}");
    }

    /// <summary>Enters the context, where the thread is not in it yet.</summary>
    internal void MakeCurrent()
    {
        CudaDriver.Check(CudaDriver.CtxGetCurrent(out nint current), "asking for the context");
        if (current != context)
        {
            CudaDriver.Check(CudaDriver.CtxSetCurrent(context), $"entering {Name}");
        }
    }

    private static int Attribute(int device, int attribute)
    {
        CudaDriver.Check(CudaDriver.DeviceGetAttribute(out int value, attribute, device), "asking about the device");
        return value;
    }
}

namespace QLoraGen.Kernels.Gpu;

/// <summary>Times what a device does between two marks on the default stream.</summary>
public sealed class GpuTimer : IDisposable
{
    private readonly GpuDevice device;
    private readonly nint from, to;

    /// <summary>Makes the marks.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public GpuTimer(GpuDevice device)
    {
        this.device = device;
        device.MakeCurrent();
        CudaDriver.Check(CudaDriver.EventCreate(out from, 0), "making an event");
        CudaDriver.Check(CudaDriver.EventCreate(out to, 0), "making an event");
    }

    /// <summary>The first mark.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Start()
    {
        device.MakeCurrent();
        CudaDriver.Check(CudaDriver.EventRecord(from, 0), "marking the start");
    }

    /// <summary>The second mark; waits for it and gives the microseconds between.</summary>
    /// <exception cref="CudaException">Something between the marks has failed.</exception>
    public double Stop()
    {
        CudaDriver.Check(CudaDriver.EventRecord(to, 0), "marking the end");
        CudaDriver.Check(CudaDriver.EventSynchronize(to), "waiting for the end");
        CudaDriver.Check(CudaDriver.EventElapsedTime(out float milliseconds, from, to), "reading the time");
        return 1000.0 * milliseconds;
    }

    /// <summary>Gives the marks back.</summary>
    public void Dispose()
    {
        device.MakeCurrent();
        _ = CudaDriver.EventDestroy(from);
        _ = CudaDriver.EventDestroy(to);
    }
}

using System.Runtime.InteropServices;

namespace QLoraGen.Kernels.Gpu;

/// <summary>Memory on a device, freed when disposed: for tables and for tools; tensors bring their own.</summary>
public sealed unsafe class DeviceMemory : IDisposable
{
    private readonly GpuDevice device;

    /// <summary>Allocates.</summary>
    /// <param name="device">Where.</param>
    /// <param name="bytes">At least 1.</param>
    /// <exception cref="CudaException">There is not so much left.</exception>
    public DeviceMemory(GpuDevice device, long bytes)
    {
        this.device = device;
        Length = bytes;
        device.MakeCurrent();
        CudaDriver.Check(CudaDriver.MemAlloc(out nint address, (nuint)bytes), $"taking {bytes} bytes of {device.Name}");
        Address = address;
    }

    /// <summary>The device's address, a multiple of 256.</summary>
    public nint Address { get; private set; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>Copies values to the device, from its start on, and waits for them.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        CheckFits(bytes.Length);
        fixed (byte* from = bytes)
        {
            CudaDriver.Check(CudaDriver.MemcpyHtoD(Address, from, (nuint)bytes.Length), "copying to the device");
        }
    }

    /// <summary>Waits for what was queued on the default stream and copies the first values back.</summary>
    /// <exception cref="ArgumentException">There are not so many.</exception>
    public T[] Read<T>(int count) where T : unmanaged
    {
        CheckFits((long)count * sizeof(T));
        T[] values = new T[count];
        fixed (T* to = values)
        {
            CudaDriver.Check(CudaDriver.MemcpyDtoH(to, Address, (nuint)count * (nuint)sizeof(T)), "copying from the device");
        }
        return values;
    }

    /// <summary>Queues a copy of all of another, on the default stream.</summary>
    /// <exception cref="ArgumentException">It is larger than this.</exception>
    public void CopyFrom(DeviceMemory other)
    {
        CheckFits(other.Length);
        CudaDriver.Check(CudaDriver.MemcpyDtoDAsync(Address, other.Address, (nuint)other.Length, 0), "copying on the device");
    }

    /// <summary>Frees it; the device may not use it any more.</summary>
    public void Dispose()
    {
        if (Address != 0)
        {
            device.MakeCurrent();
            _ = CudaDriver.MemFree(Address);   // nothing to be done about a failure
            Address = 0;
        }
    }

    private void CheckFits(long bytes)
    {
        if (bytes > Length)
        {
            throw new ArgumentException($"{bytes} bytes do not fit into {Length} on the device.");
        }
        device.MakeCurrent();
    }
}

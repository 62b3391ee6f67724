using QLoraGen.Kernels;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.GpuCheck;

/// <summary>A random weight, quantized by the CPU and copied to the device.</summary>
internal sealed unsafe class RandomWeight : IDisposable
{
    private readonly byte[] region;
    private readonly DeviceMemory memory;

    public RandomWeight(GpuDevice device, QuantFormat format, int rows, int cols, Random random)
    {
        QuantSlot slot = QuantSlot.At(0, (long)rows * cols, format);
        region = GC.AllocateArray<byte>((int)slot.End + 64, pinned: true);
        fixed (byte* start = region)
        {
            byte* aligned = (byte*)(((nint)start + 63) & ~63);
            Host = new(aligned, slot, format, rows, cols);
            Quantizer.Quantize(Numbers.Normal((long)rows * cols, random, 0.02f), Host);
            memory = new DeviceMemory(device, slot.End);
            memory.Write(new ReadOnlySpan<byte>(aligned, (int)slot.End));
        }
        Device = new(memory.Address, slot, format, rows, cols);
    }

    /// <summary>Pinned, so that it stays.</summary>
    public QuantizedWeight Host { get; }

    public GpuWeight Device { get; }

    /// <summary>In fp32.</summary>
    public float[] Values()
    {
        float[] values = new float[Host.Count];
        Dequantizer.Dequantize(Host, 0, values);
        return values;
    }

    public void Dispose() => memory.Dispose();
}

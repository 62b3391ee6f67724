using System.Runtime.InteropServices;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Emulation;

/// <summary>A device that runs the kernels' real PTX on the interpreter.</summary>
internal sealed class EmulatedDevice : IKernelLauncher
{
    private static readonly Dictionary<KernelSource, PtxKernel> compiled = [];

    private readonly PtxGlobalMemory memory;
    private readonly long tables;

    /// <param name="sharesMemory">Whether addresses of the process itself, such as those of tensors, are the device's too.</param>
    public EmulatedDevice(bool sharesMemory = false)
    {
        memory = new() { SharesMemory = sharesMemory };
        tables = Allocate(GpuTables.Bytes());
    }

    /// <summary>The names of the kernels started, in order.</summary>
    public List<string> Started { get; } = [];

    /// <summary>What is done to the PTX first, to see that a fault would show.</summary>
    public Func<string, string> Change { get; init; } = ptx => ptx;

    public int Multiprocessors { get; init; } = 1;

    public nint DynamicMap => (nint)tables + GpuTables.DynamicMap;

    public nint Codebook(QuantType type) => (nint)tables + GpuTables.Codebook(type);

    public nint EncoderTable(QuantType type) => (nint)tables + GpuTables.Encoder(type);

    public void Launch(KernelSource kernel, GridSize grid, ReadOnlySpan<byte> arguments, nint stream)
    {
        PtxKernel ptx;
        lock (compiled)
        {
            if (!compiled.TryGetValue(kernel, out ptx!))
            {
                compiled[kernel] = ptx = PtxCompiler.Compile(kernel);
            }
        }
        Started.Add(kernel.Name);
        new PtxMachine(Change(ptx.Text), memory).Launch(ptx.Entry, new(grid.X, grid.Y, grid.Z), kernel.Threads, kernel.DynamicShared, arguments.ToArray());
    }

    /// <summary>A buffer of its own for the values, and where it is.</summary>
    public nint Allocate<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        long address = memory.Allocate(Math.Max(bytes.Length, 1));
        bytes.CopyTo(memory.Span(address));
        return (nint)address;
    }

    /// <summary>A buffer of its own for the values, and where it is.</summary>
    public nint Allocate<T>(T[] values) where T : unmanaged => Allocate<T>(values.AsSpan());

    /// <summary>What a buffer holds.</summary>
    public T[] Read<T>(nint address) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(memory.Span(address)).ToArray();
}

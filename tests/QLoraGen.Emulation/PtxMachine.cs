using System.Runtime.InteropServices;

namespace QLoraGen.Emulation;

/// <summary>
/// Runs the PTX of a kernel without a device: buffers are allocated here, kernels launched on a grid of blocks, results read back.
/// Blocks run one after the other, so they must not wait for each other.
/// </summary>
internal sealed class PtxMachine
{
    private readonly PtxModule module;

    /// <param name="ptx">A module.</param>
    /// <param name="memory">Where its launches read and write; shared by the modules that work on the same buffers.</param>
    public PtxMachine(string ptx, PtxGlobalMemory? memory = null)
    {
        Memory = memory ?? new();
        module = PtxParser.Parse(ptx);
        foreach (var variable in module.Variables.Where(variable => variable.Space is PtxSpace.Global or PtxSpace.Const))
        {
            variable.Offset = Memory.Allocate(variable.Bytes);
            variable.Initial?.CopyTo(Memory.Span(variable.Offset));
        }
        foreach (var function in module.Functions.Values)
            PtxDecoder.Decode(module, function);
    }

    public PtxGlobalMemory Memory { get; }

    /// <summary>Whether touching shared memory that another thread wrote, with no barrier between, is an error.</summary>
    public bool DetectRaces { get; init; } = true;

    /// <summary>The number of instructions after which a thread counts as endless.</summary>
    public long InstructionLimit { get; init; } = 100_000_000;

    /// <summary>Instructions executed so far, over all threads.</summary>
    public long Executed { get; private set; }

    public IEnumerable<string> Entries => module.Functions.Values.Where(function => function.IsEntry).Select(function => function.Name);

    /// <summary>A buffer of zeros.</summary>
    public long Allocate(int bytes) => Memory.Allocate(bytes);

    public long Allocate<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        long address = Memory.Allocate(bytes.Length);
        bytes.CopyTo(Memory.Span(address));
        return address;
    }

    public long Allocate<T>(T[] values) where T : unmanaged => Allocate<T>(values.AsSpan());

    /// <summary>What a buffer holds.</summary>
    public T[] Read<T>(long address) where T : unmanaged => MemoryMarshal.Cast<byte, T>(Memory.Span(address)).ToArray();

    public void Launch(string entry, PtxDim grid, PtxDim block, int dynamicSharedBytes, params object[] arguments) =>
        Launch(entry, grid, block, dynamicSharedBytes, PtxArguments.Pack(Entry(entry), arguments));

    /// <summary>Launches with arguments that lie as the entry's parameters do.</summary>
    public void Launch(string entry, PtxDim grid, PtxDim block, int dynamicSharedBytes, byte[] packed)
    {
        var function = Entry(entry);
        if (packed.Length != function.ParamBytes)
            throw new PtxFault($"'{entry}' has {function.ParamBytes} bytes of parameters; {packed.Length} are given.");
        if (block.Count > function.MaxThreads)
            throw new PtxFault($"A block of {block.Count} threads is more than the {function.MaxThreads} that '{entry}' is compiled for.");
        var launch = new PtxLaunch(this, module, function, grid, block, dynamicSharedBytes, packed);
        for (int z = 0; z < grid.Z; z++)
        {
            for (int y = 0; y < grid.Y; y++)
            {
                for (int x = 0; x < grid.X; x++)
                    Executed += new PtxBlock(launch, new(x, y, z)).Run();
            }
        }
    }

    private PtxFunction Entry(string entry) => module.Functions.TryGetValue(entry, out var function) && function.IsEntry
        ? function
        : throw new PtxFault($"There is no entry '{entry}'; there are: {string.Join(", ", Entries)}.");
}

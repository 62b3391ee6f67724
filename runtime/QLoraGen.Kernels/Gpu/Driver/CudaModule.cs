using System.Text;

namespace QLoraGen.Kernels.Gpu;

/// <summary>A kernel that the driver has turned into machine code, in the context that was current then.</summary>
internal sealed unsafe class CudaModule
{
    private const int ErrorLogBuffer = 5, ErrorLogBytes = 6;   // CU_JIT_ERROR_LOG_BUFFER and its size
    private const int MaxDynamicShared = 8, Registers = 4, LocalBytes = 3;   // CU_FUNC_ATTRIBUTE_...

    private readonly nint function;
    private readonly KernelSource source;

    /// <summary>Loads the PTX.</summary>
    /// <exception cref="CudaException">The driver cannot compile it; its log is in the message.</exception>
    public CudaModule(KernelSource source, PtxKernel ptx)
    {
        this.source = source;
        byte[] log = new byte[8192], image = Encoding.UTF8.GetBytes(ptx.Text + '\0');
        nint module;
        fixed (byte* logged = log, text = image)
        {
            int* options = stackalloc int[] { ErrorLogBuffer, ErrorLogBytes };
            nint* values = stackalloc nint[] { (nint)logged, log.Length };
            int error = CudaDriver.ModuleLoadDataEx(out module, text, 2, options, values);
            if (error != 0)
            {
                throw CudaException.Of(error, $"loading the kernel {source.Name}", Encoding.UTF8.GetString(log).TrimEnd('\0'));
            }
        }
        CudaDriver.Check(CudaDriver.ModuleGetFunction(out function, module, ptx.Entry), $"finding the kernel {source.Name}");
        if (source.DynamicShared > 0)
        {
            CudaDriver.Check(CudaDriver.FuncSetAttribute(function, MaxDynamicShared, source.DynamicShared),
                $"giving the kernel {source.Name} {source.DynamicShared} bytes of shared memory");
        }
    }

    /// <summary>Registers of a thread.</summary>
    public int RegisterCount => Attribute(Registers);

    /// <summary>Bytes of a thread that did not fit in registers.</summary>
    public int SpilledBytes => Attribute(LocalBytes);

    /// <summary>Queues a launch.</summary>
    public void Launch(GridSize grid, ReadOnlySpan<byte> arguments, nint stream)
    {
        nuint length = (nuint)arguments.Length;
        fixed (byte* packed = arguments)
        {
            void** extra = stackalloc void*[] { (void*)1, packed, (void*)2, &length, null };   // CU_LAUNCH_PARAM_BUFFER_POINTER, _SIZE, _END
            CudaDriver.Check(
                CudaDriver.LaunchKernel(
                    function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)source.Threads, 1, 1, (uint)source.DynamicShared, stream, null, extra),
                $"starting the kernel {source.Name} on {grid.X} x {grid.Y} x {grid.Z} groups");
        }
    }

    private int Attribute(int attribute)
    {
        CudaDriver.Check(CudaDriver.FuncGetAttribute(out int value, attribute, function), $"asking about the kernel {source.Name}");
        return value;
    }
}

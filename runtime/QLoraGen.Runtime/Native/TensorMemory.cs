using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace QLoraGen.Native;

/// <summary>Tensors seen as plain memory, and plain memory seen as tensors; CPU only, without a copy.</summary>
public static unsafe partial class TensorMemory
{
    /// <summary>Address of a tensor's first element (its storage offset included).</summary>
    public static nint Pointer(Tensor tensor)
    {
        nint pointer = THSTensor_data(tensor.Handle);
        if (pointer == 0 && tensor.numel() > 0)
        {
            CheckForErrors();
        }
        return pointer;
    }

    /// <summary>Address of a contiguous fp32 tensor's first element.</summary>
    public static float* Floats(Tensor tensor) => (float*)Pointer(tensor);

    /// <summary>A tensor over memory that the caller keeps alive for longer than the tensor.</summary>
    /// <param name="data">First element.</param>
    /// <param name="shape">Contiguous, row-major.</param>
    /// <param name="dtype">Element type of the memory.</param>
    public static Tensor Wrap(void* data, ReadOnlySpan<long> shape, ScalarType dtype)
    {
        InitializeDeviceType(DeviceType.CPU);   // the native library is loaded before the first call
        fixed (long* sizes = shape)
        {
            nint handle = THSTensor_new((nint)data, &KeepMemory, sizes, shape.Length, (sbyte)dtype, (sbyte)dtype, 0, -1, 0);
            if (handle == 0)
            {
                CheckForErrors();
            }
            return Tensor.UnsafeCreateTensor(handle);
        }
    }

    [UnmanagedCallersOnly]
    private static void KeepMemory(nint data)
    {
    }

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint tensor);

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_new(nint data, delegate* unmanaged<nint, void> deleter, long* sizes, int dims, sbyte sourceType, sbyte dtype, int deviceType, int deviceIndex, byte requiresGrad);
}

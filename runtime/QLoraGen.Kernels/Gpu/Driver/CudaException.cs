using System.Runtime.InteropServices;

namespace QLoraGen.Kernels.Gpu;

/// <summary>CUDA's driver refused something; the message names it, the driver's error and what to do.</summary>
public sealed class CudaException : Exception
{
    private CudaException(int code, string name, string message) : base(message) => (Code, Name) = (code, name);

    /// <summary>The driver's number, a CUresult; -1 where there is no driver.</summary>
    public int Code { get; }

    /// <summary>The driver's name of the error, such as CUDA_ERROR_OUT_OF_MEMORY.</summary>
    public string Name { get; }

    /// <summary>There is no driver or no such device.</summary>
    internal static CudaException NoDevice(string why) => new(-1, "no device", $"There is no CUDA device to use: {why}.");

    /// <summary>An error of the driver's.</summary>
    internal static CudaException Of(int code, string what, string? log = null)
    {
        string name = CudaDriver.GetErrorName(code, out nint named) == 0 ? Marshal.PtrToStringUTF8(named)! : $"CUDA error {code}";
        string text = CudaDriver.GetErrorString(code, out nint told) == 0 ? $" ({Marshal.PtrToStringUTF8(told)})" : "";
        string more = string.IsNullOrWhiteSpace(log) ? "" : $"\nThe driver's compiler says:\n{log.Trim()}";
        return new(code, name, $"{what}: {name}{text}{Fix(code)}{more}");
    }

    private static string Fix(int code) => code switch
    {
        2 => ": free memory on the device, or take fewer rows at a time",
        100 or 101 => ": look at nvidia-smi and CUDA_VISIBLE_DEVICES",
        209 => ": the device is older than sm_80, which these kernels need",
        218 or 222 => ": install a newer driver (520 or newer)",
        700 => ": an address that was passed is not on the device, or is too small; the context is lost, start again",
        803 => ": driver and kernel module are of different versions, start the machine again",
        _ => "",
    };
}

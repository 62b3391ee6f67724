using System.CommandLine;
using QLoraGen.Cli.Views;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora doctor</c>: what this machine offers, which kernels run on it, and why.</summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        new Command("doctor", "Show the CPU's features, CUDA's driver and device, and which kernels are used and why.") { SharedOptions.Json }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string? why = GpuDevice.WhyNone;
        GpuDevice? device = null;
        if (why is null)
        {
            try
            {
                device = GpuDevice.Open();
            }
            catch (CudaException e)
            {
                why = e.Message;
            }
        }
        DoctorView.Show(output, device, why);
        output.Result(DoctorView.Fields(device, why));
    }
}

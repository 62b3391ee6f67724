using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using QLoraGen.Kernels;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Cli.Views;

/// <summary>What the machine offers, for people and for programs.</summary>
internal static class DoctorView
{
    // A weight of an 8B model, to say what is chosen for how many rows.
    private const int Width = 4096;

    private static readonly int[] rows = [1, 4, 16, 64, 512, 4096];

    public static void Show(Output output, GpuDevice? device, string? why)
    {
        output.Line($"processor:  {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} logical processors; kernels spread over {KernelThreads.Count} threads");
        output.Line($"            {string.Join(", ", CpuReport.Features.Select(feature => $"{feature.Name} {(feature.Supported ? "yes" : "no")}"))}");
        output.Line($"kernels:    {CpuReport.Level}: {CpuReport.Reason}");
        output.Line($"            this tool computes with the CPU's kernels; those for CUDA are for models that a program moves to a device");
        output.Line($"driver:     {(GpuDevice.DriverVersion is > 0 and int version ? $"for CUDA {Version(version)}" : "none")}");
        if (device is null)
        {
            output.Line($"device:     none: {why}");
            return;
        }
        output.Line($"device:     {device.Name}, compute capability {device.Architecture / 10}.{device.Architecture % 10}, "
            + $"{device.TotalBytes / 1e9:N1} GB, {device.Multiprocessors} multiprocessors");
        output.Line($"            for a weight [{Width}, {Width}] in NF4, by rows of activations:");
        foreach (int m in rows)
        {
            GpuChoice forward = Choose(device, m, transposed: false), backward = Choose(device, m, transposed: true);
            output.Line($"            {m,5}: {forward.Kernel} ({forward.Reason}), backward {backward.Kernel}");
        }
        output.Line($"            from {GpuMatmul.DequantizeFrom} rows on, dequantizing and libtorch's product are to be preferred: an estimate, not measured");
    }

    public static (string Name, JsonNode? Value)[] Fields(GpuDevice? device, string? why) =>
    [
        ("architecture", RuntimeInformation.ProcessArchitecture.ToString()), ("threads", KernelThreads.Count), ("cpu_kernels", CpuReport.Level),
        ("cpu_features", new JsonArray([.. CpuReport.Features.Where(feature => feature.Supported).Select(feature => (JsonNode)feature.Name)])),
        ("cuda_driver", GpuDevice.DriverVersion is > 0 and int version ? Version(version) : null), ("device", device?.Name), ("no_device", why),
        ("compute_capability", device is null ? null : $"{device.Architecture / 10}.{device.Architecture % 10}"), ("device_bytes", device?.TotalBytes),
        ("gpu_kernels", new JsonArray([.. GpuKernelInfo.Names.Select(name => (JsonNode)name)])),
    ];

    private static GpuChoice Choose(GpuDevice device, int m, bool transposed) =>
        GpuMatmul.Choose(new GpuWeight(new QuantFormat(QuantType.NF4), Width, Width, 0, 0), m, 0, transposed, device.Multiprocessors);

    private static string Version(int version) => $"{version / 1000}.{version % 1000 / 10}";
}

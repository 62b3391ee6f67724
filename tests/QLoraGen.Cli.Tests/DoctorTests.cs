using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Kernels;
using QLoraGen.Kernels.Gpu;

namespace QLoraGen.Cli.Tests;

public sealed class DoctorTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [Fact]
    public void The_processor_its_kernels_and_the_device_are_told()
    {
        Outcome outcome = qlora.Run("doctor").Succeeded();

        Assert.Contains($"{Environment.ProcessorCount} logical processors", outcome.Out);
        Assert.Contains($"kernels:    {CpuReport.Level}: {CpuReport.Reason}", outcome.Out);
        Assert.All(CpuReport.Features, feature => Assert.Contains($"{feature.Name} {(feature.Supported ? "yes" : "no")}", outcome.Out));
        Assert.Contains(GpuDevice.WhyNone is { } why ? $"device:     none: {why}" : "compute capability", outcome.Out);
        Assert.Equal("", outcome.Err);
    }

    [Fact]
    public void Programs_read_the_same_as_people()
    {
        JsonElement told = qlora.Run("doctor", "--json").Json;

        Assert.Equal(CpuReport.Level, told.GetProperty("cpu_kernels").GetString());
        Assert.Equal(CpuReport.Features.Where(feature => feature.Supported).Select(feature => feature.Name),
            told.GetProperty("cpu_features").EnumerateArray().Select(feature => feature.GetString()));
        Assert.Contains("gemv-1", told.GetProperty("gpu_kernels").EnumerateArray().Select(name => name.GetString()));
        bool device = GpuDevice.WhyNone is null;
        Assert.Equal(device ? JsonValueKind.String : JsonValueKind.Null, told.GetProperty("device").ValueKind);
        Assert.Equal(GpuDevice.WhyNone, told.GetProperty("no_device").GetString());
    }
}

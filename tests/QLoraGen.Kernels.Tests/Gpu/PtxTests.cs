using System.Diagnostics;
using System.Text.RegularExpressions;
using QLoraGen.Kernels.Gpu;
using QLoraGen.Testing;

namespace QLoraGen.Kernels.Tests.Gpu;

/// <summary>What the kernels compile to: no device is needed to look at it.</summary>
public sealed partial class PtxTests
{
    public static TheoryData<string> Names => [.. GpuKernels.All.Select(kernel => kernel.Name)];

    /// <summary>Those whose text is kept as it was read: the tiles differ in their numbers alone.</summary>
    public static TheoryData<string> Read =>
        ["dequantize", "plain-dequantize", "plain-multiply", "plain-multiply-transposed", "quantize-fp32", "sum", "gemv-1", "tile-forward-16", "tile-backward-16"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_kernel_compiles_for_sm_80_and_newer_without_local_memory_or_uniform_branches(string name)
    {
        string text = Compile(name);
        Assert.Contains(".target sm_80", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".uni", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\b(mul|add|sub)\.f32", text);   // could be fused, and rounded once instead of twice
    }

    [Theory]
    [MemberData(nameof(Read))]
    public Task The_text_is_as_it_was_read(string name) => Snapshot.Match(Compile(name), "ptx", name);

    [Fact]
    public Task The_instructions_of_the_innermost_loops_are_as_they_were_counted() =>
        Snapshot.Match(string.Concat(GpuKernels.All.Select(kernel => $"{kernel.Name}\n{PtxStatistics.Of(Compile(kernel.Name))}\n")), "txt");

    [PtxasTheory]
    [MemberData(nameof(Names))]
    public void Ptxas_assembles_it_without_spilling(string name)
    {
        foreach (int architecture in (int[])[80, 90])
        {
            using var folder = new TempFolder();
            string file = folder.Write("kernel.ptx", PtxCompiler.Compile(Source(name)).Text);
            var start = new ProcessStartInfo("ptxas", ["-v", $"-arch=sm_{architecture}", file, "-o", folder.File("kernel.cubin")]) { RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, said);
            Assert.Contains("0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads", said, StringComparison.Ordinal);
        }
    }

    private static KernelSource Source(string name) => GpuKernels.All.Single(kernel => kernel.Name == name);

    // ILGPU numbers parameters and labels through its whole life: they are numbered anew, as they appear.
    private static string Compile(string name)
    {
        Dictionary<string, string> names = [];
        return Numbered().Replace(PtxCompiler.Compile(Source(name)).Text, match =>
        {
            if (!names.TryGetValue(match.Value, out string? renamed))
            {
                names[match.Value] = renamed = $"{match.Groups[1].Value}{names.Count}";
            }
            return renamed;
        });
    }

    [GeneratedRegex(@"\b(L_|_\w+?_)(\d+)\b")]
    private static partial Regex Numbered();
}

/// <summary>A theory about NVIDIA's assembler: skipped, visibly, where ptxas is not on the PATH.</summary>
public sealed class PtxasTheoryAttribute : TheoryAttribute
{
    public PtxasTheoryAttribute() => Skip =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "ptxas")))
            ? null : "needs ptxas, of CUDA 11.8 or newer, on the PATH";
}

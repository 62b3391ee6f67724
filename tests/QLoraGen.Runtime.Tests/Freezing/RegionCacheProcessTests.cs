using System.Diagnostics;
using System.Runtime.CompilerServices;
using QLoraGen.Runtime.Tests.Checkpoints;
using QLoraGen.Runtime.Tests.Layers;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Freezing;

/// <summary>A cache that processes share, one of them with a limit; each is a child: this assembly, run as a program.</summary>
public sealed class RegionCacheProcessTests
{
    private const string FolderVariable = "QLORAGEN_TEST_REGION_CACHE";
    private const int K = 1024, N = 32 * 1024;   // a region of 17 MB: more than the native library that a child writes for itself

    [LinuxFact]
    public void Two_processes_build_one_region_at_the_same_time()
    {
        using TempFolder folder = new();
        using Process first = Start(folder.Path, "unlimited"), second = Start(folder.Path, "unlimited");
        (string a, string b) = (Said(first), Said(second));
        Assert.Equal(a, b);
        Assert.StartsWith("built", a);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [LinuxFact]
    public void A_region_past_the_limit_on_file_sizes_is_an_error_and_not_the_end_of_the_process()
    {
        using TempFolder folder = new();
        using Process child = Start(folder.Path, "10000");
        Assert.StartsWith("IOException", Said(child));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static Process Start(string folder, string limit)
    {
        string assembly = typeof(RegionCacheProcessTests).Assembly.Location;
        return Process.Start(new ProcessStartInfo("bash", ["-c", $"ulimit -S -f {limit}; exec dotnet exec '{assembly}' 2>&1"])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                [FolderVariable] = folder,
                // The runtime maps its own code through a memory file larger than the limit.
                ["DOTNET_EnableWriteXorExecute"] = "0",
                ["DOTNET_DbgEnableMiniDump"] = "0",
            },
        })!;
    }

    private static string Said(Process child)
    {
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, $"exit code {child.ExitCode}: {output}");
        return output;
    }

    // Runs before anything else in the assembly; does nothing but in a child.
    [ModuleInitializer]
    internal static void RunAsChild()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { } folder)
        {
            Console.WriteLine(Build(folder));
            Environment.Exit(0);
        }
    }

    private static unsafe string Build(string folder)
    {
        QuantStateLayout layout = QuantStateLayout.Of(new OneLinear(K, N), new QuantFormat(QuantType.NF4), static _ => TensorDType.F32);
        try
        {
            using FrozenRegion region = new RegionCache(folder).Build(
                layout, "content", static region => new Span<byte>(region.Pointer, (int)region.Length).Fill(0x5A));
            return $"built {region.Hash():x}";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }
}

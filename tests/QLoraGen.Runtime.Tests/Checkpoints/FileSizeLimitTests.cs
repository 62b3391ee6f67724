using System.Diagnostics;
using System.Runtime.CompilerServices;
using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints;

/// <summary>The limit binds a whole process, so the writing is done by a child: this assembly, run as a program.</summary>
public sealed class FileSizeLimitTests
{
    private const string PathVariable = "QLORAGEN_TEST_ATOMIC_WRITE";
    private const int Refused = 3;

    [LinuxFact]
    public void A_file_past_the_limit_is_an_error_and_not_the_end_of_the_process()
    {
        using TempFolder folder = new();
        string path = folder.Write("file", "old");

        (int exit, string said) = WriteFourMegabytes(path, limit: "1000");

        Assert.True(exit == Refused, $"exit code {exit}: {said}");
        Assert.Contains(path, said);
        Assert.Contains("ulimit -f", said);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [LinuxFact]
    public void Without_a_limit_the_same_child_writes_the_file()
    {
        using TempFolder folder = new();

        (int exit, string said) = WriteFourMegabytes(folder.File("file"), limit: "unlimited");

        Assert.True(exit == 0, $"exit code {exit}: {said}");
        Assert.Equal(4 << 20, new FileInfo(folder.File("file")).Length);
    }

    private static (int Exit, string Said) WriteFourMegabytes(string path, string limit)
    {
        string assembly = typeof(FileSizeLimitTests).Assembly.Location;
        ProcessStartInfo start = new("bash", ["-c", $"ulimit -S -f {limit}; exec dotnet exec '{assembly}'"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                [PathVariable] = path,
                // The runtime maps its own code through a memory file larger than the limit.
                ["DOTNET_EnableWriteXorExecute"] = "0",
                ["DOTNET_DbgEnableMiniDump"] = "0",
            },
        };
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, output + errors.Result);
    }

    // Runs before anything else in the assembly; does nothing but in the child.
    [ModuleInitializer]
    internal static void RunAsChild()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { } path)
        {
            try
            {
                AtomicFile.Write(path, stream => stream.Write(new byte[4 << 20]));
                Environment.Exit(0);
            }
            catch (QLoraException e)
            {
                Console.WriteLine(e.Message);
                Environment.Exit(Refused);
            }
        }
    }
}

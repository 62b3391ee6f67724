using System.Diagnostics;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests.Tool;

/// <summary>
/// The real tool, started as a process of its own, with a folder to work in and an empty cache of regions that all its starts share.
/// </summary>
public sealed class Qlora : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);
    private readonly TempFolder folder = new();

    /// <summary>The folder that the tool runs in.</summary>
    public string Folder => folder.Path;

    /// <summary>Its QLORAGEN_CACHE.</summary>
    public string Cache => folder.File("cache");

    /// <summary>The full path of something in the folder.</summary>
    public string File(params string[] parts) => folder.File(parts);

    /// <summary>Writes a file in the folder and gives its full path.</summary>
    public string Write(string name, string text) => folder.Write(name, text);

    /// <summary>Starts the tool and waits for its end.</summary>
    public Outcome Run(params string[] args) => Run(new Circumstances(), args);

    /// <summary>Starts the tool under circumstances and waits for its end.</summary>
    internal Outcome Run(Circumstances circumstances, params string[] args)
    {
        using Process process = Process.Start(Start(circumstances, args))!;
        Task<string> output = Read(process.StandardOutput, process, circumstances);
        Task<string> errors = Read(process.StandardError, process, circumstances);
        long peak = 0;
        var watch = Stopwatch.StartNew();
        while (!process.WaitForExit(Glance))
        {
            peak = Math.Max(peak, PeakOf(process));
            if (watch.Elapsed > Patience)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"qlora {string.Join(' ', args)} did not end within {Patience}.");
            }
        }
        process.WaitForExit();
        return new Outcome(process.ExitCode, output.Result, errors.Result, peak);
    }

    public void Dispose() => folder.Dispose();

    private ProcessStartInfo Start(Circumstances circumstances, string[] args)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "qlora.dll");
        var start = circumstances.Shell is { } shell
            ? new ProcessStartInfo("bash", ["-c", shell, "bash", "dotnet", tool, .. args])
            : circumstances.Signal is null
            ? new ProcessStartInfo("dotnet", [tool, .. args])
            // Where the tests run in the background of a script, SIGINT is ignored, and whoever is started inherits that.
            : new ProcessStartInfo("env", ["--default-signal", "dotnet", tool, .. args]);
        start.WorkingDirectory = Folder;
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.Environment["QLORAGEN_CACHE"] = Cache;
        // The runtime maps its own code through a memory file, which a limit on file sizes would bind too.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        // Several starts run at a time, and torch's threads spin while they wait for a core.
        start.Environment["OMP_NUM_THREADS"] = "1";
        return start;
    }

    private static async Task<string> Read(StreamReader reader, Process process, Circumstances circumstances)
    {
        List<string> lines = [];
        bool sent = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (!sent && circumstances.Signal is { } signal && line.Contains(circumstances.After!))
            {
                sent = true;
                using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
                await kill.WaitForExitAsync();
            }
        }
        return string.Join('\n', lines);
    }

    private static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;   // it ended between two glances
        }
    }
}

/// <summary>What surrounds a start of the tool.</summary>
/// <param name="Shell">A bash script that runs the command <c>"$@"</c>.</param>
/// <param name="Signal">A signal to send, such as <c>INT</c>.</param>
/// <param name="After">The text of the line after which it is sent.</param>
internal sealed record Circumstances(string? Shell = null, string? Signal = null, string? After = null);

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace QLoraGen.Fuzzing.Running;

/// <summary>Starts workers and watches them: one that dies, hangs or takes all memory is a fault of its case, and the next one goes on behind it.</summary>
/// <param name="seed">Of the run.</param>
/// <param name="count">Cases of each target.</param>
/// <param name="time">Of each target.</param>
internal sealed class Supervisor(long seed, long count, TimeSpan time)
{
    private const int Glance = 50;
    private const long MostMemory = 3L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), PatienceAtStart = TimeSpan.FromSeconds(120);   // seeds are made first

    /// <summary>Runs one target to its end.</summary>
    public TargetResult Run(Target target)
    {
        string progressFile = Path.GetTempFileName();
        try
        {
            using var progress = new Progress(progressFile);
            ConcurrentQueue<Fault> faults = [];
            var watch = Stopwatch.StartNew();
            for (long first = 0; first < count && watch.Elapsed < time;)
            {
                progress.Index = -1;
                if (WhyEnded(target, first, time - watch.Elapsed, progressFile, progress, faults) is not { } why)
                {
                    break;
                }
                if (progress.Index < 0)
                {
                    throw new InvalidOperationException($"{target.Name}: {why} before the first case");
                }
                faults.Enqueue(new Fault(target.Name, progress.Index, why.Split(' ')[0], why));
                first = progress.Index + 1;
            }
            return new TargetResult(target.Name, progress.Begun, progress.Read, progress.Refused, progress.Slowest, progress.MostAllocated, watch.Elapsed, [.. faults]);
        }
        finally
        {
            File.Delete(progressFile);
        }
    }

    private string? WhyEnded(Target target, long first, TimeSpan left, string progressFile, Progress progress, ConcurrentQueue<Fault> faults)
    {
        using Process worker = Start("worker", target.Name, $"{seed}", $"{first}", $"{count}", $"{left.TotalSeconds:F0}", progressFile);
        worker.OutputDataReceived += (_, line) =>
        {
            if (line.Data is ['{', ..])
            {
                faults.Enqueue(JsonSerializer.Deserialize<Fault>(line.Data)!);
            }
        };
        worker.BeginOutputReadLine();
        Task<string> errors = worker.StandardError.ReadToEndAsync();
        string? why = null;
        var since = Stopwatch.StartNew();
        for (long index = -1; !worker.WaitForExit(Glance);)
        {
            if (progress.Index != index)
            {
                index = progress.Index;
                since.Restart();
            }
            why = since.Elapsed > (index < 0 ? PatienceAtStart : Patience) ? $"hang of more than {Patience.TotalSeconds} s"
                : Resident(worker) < MostMemory ? null : $"memory of more than {MostMemory:N0} bytes";
            if (why is not null)
            {
                worker.Kill();
                worker.WaitForExit();
                return why;
            }
        }
        worker.WaitForExit();   // for the last lines
        return worker.ExitCode == 0 ? null : $"crash with exit code {worker.ExitCode}: {errors.Result.Trim()}";
    }

    private static long Resident(Process worker)
    {
        try
        {
            worker.Refresh();
            return worker.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;   // it ended while it was asked
        }
    }

    private static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Supervisor).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x40000000";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }
}

/// <summary>What a target did with its cases.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Executions">Cases.</param>
/// <param name="Read">Of them, files read.</param>
/// <param name="Refused">Of them, files refused in words.</param>
/// <param name="SlowestMicroseconds">The longest case.</param>
/// <param name="MostAllocated">The most managed bytes that one took.</param>
/// <param name="Time">Of all.</param>
/// <param name="Faults">All others.</param>
internal sealed record TargetResult(
    string Target, long Executions, long Read, long Refused, long SlowestMicroseconds, long MostAllocated, TimeSpan Time, IReadOnlyList<Fault> Faults);

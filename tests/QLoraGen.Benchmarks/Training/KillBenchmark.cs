using System.Diagnostics;
using System.Security.Cryptography;

namespace QLoraGen.Benchmarks.Training;

/// <summary>
/// Fine-tunes in real processes, each killed by SIGKILL at a random moment of training or saving, goes on by <c>--resume</c>, and compares the
/// final adapter with that of a run which was never stopped.
/// </summary>
internal static class KillBenchmark
{
    private const string Rows =
        """
        {"prompt": "Lily likes the dog. ", "completion": "The dog is big."}
        {"prompt": "Tom likes the cat. ", "completion": "The cat is big."}
        {"prompt": "Ben likes the sun. ", "completion": "The sun is big."}
        {"prompt": "Mom likes the car. ", "completion": "The car is big."}
        """;

    /// <summary>Runs it; the result is whether all bytes agreed.</summary>
    /// <param name="tool">The path of qlora.dll, beside which is the built-in model.</param>
    /// <param name="kills">How many runs are killed.</param>
    public static bool Run(string tool, int kills)
    {
        string work = Directory.CreateTempSubdirectory("qloragen-kills").FullName;
        try
        {
            File.WriteAllText(Path.Combine(work, "rows.jsonl"), Rows);
            var watch = Stopwatch.StartNew();
            TimeSpan training = TimeSpan.Zero;
            End(Start(tool, work, "whole", line => training = line.StartsWith("step 1/") ? watch.Elapsed : training));
            training = watch.Elapsed - training;
            byte[] expected = Adapter(work, "whole");
            Console.WriteLine($"a whole run trains for {training.TotalSeconds:F1} s; its adapter is {Short(expected)}");
            Console.WriteLine("kill  after first step  newest checkpoint  killed while saving  same bytes after --resume");
            var random = new Random(2305);
            int same = 0;
            for (int kill = 1; kill <= kills;)
            {
                string folder = $"killed-{kill}";
                if (Directory.Exists(Path.Combine(work, folder)))
                {
                    Directory.Delete(Path.Combine(work, folder), recursive: true);
                }
                TimeSpan moment = training * random.NextDouble();
                if (!Kill(tool, work, folder, moment))
                {
                    continue;   // it was done before
                }
                string path = Directory.CreateDirectory(Path.Combine(work, folder)).FullName;   // killed before its first checkpoint, it has made none
                bool saving = Directory.GetFileSystemEntries(path, ".*.tmp").Length > 0;
                string newest = Path.GetFileName(CheckpointStore.Newest(path)) ?? "none";
                End(Start(tool, work, folder, static _ => { }, "--resume"));
                byte[] found = Adapter(work, folder);
                bool agrees = found.AsSpan().SequenceEqual(expected);
                same += agrees ? 1 : 0;
                Console.WriteLine($"{kill,4}  {moment.TotalSeconds,14:F2} s  {newest,17}  {(saving ? "yes" : "no"),19}  {(agrees ? "yes" : $"NO: {Short(found)}")}");
                kill++;
            }
            Console.WriteLine($"{same} of {kills} agree");
            return same == kills;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static bool Kill(string tool, string work, string folder, TimeSpan moment)
    {
        using var begun = new ManualResetEventSlim();
        using Process process = Start(tool, work, folder, line =>
        {
            if (line.StartsWith("step 1/"))
            {
                begun.Set();
            }
        });
        begun.Wait();
        Thread.Sleep(moment);
        process.Kill();
        process.WaitForExit();
        return process.ExitCode != 0;
    }

    private static Process Start(string tool, string work, string folder, Action<string> line, params string[] more)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            tool, "finetune", "--model", Path.Combine(Path.GetDirectoryName(Path.GetFullPath(tool))!, "default", "model"), "--data", "rows.jsonl",
            "--held-out-data", "rows.jsonl", "--steps", "150", "--lora-dropout", "0.1", "--optim", "adamw_8bit", "--save-steps", "2",
            "--save-total-limit", "2", "--out", folder, .. more,
        ])
        { WorkingDirectory = work, RedirectStandardOutput = true };
        start.Environment["QLORAGEN_CACHE"] = Path.Combine(work, "cache");
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, read) => line(read.Data ?? "");
        process.BeginOutputReadLine();
        return process;
    }

    private static void End(Process process)
    {
        using (process)
        {
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"a run that was not killed ended with {process.ExitCode}");
            }
        }
    }

    private static string Short(byte[] adapter) => Convert.ToHexString(SHA256.HashData(adapter))[..8];

    private static byte[] Adapter(string work, string folder) => File.ReadAllBytes(Path.Combine(work, folder, "adapter_model.safetensors"));
}

using System.Diagnostics;
using System.Text.Json;

namespace QLoraGen.Fuzzing.Running;

/// <summary>Reads case after case in a process of its own, which may die of one.</summary>
internal static class Worker
{
    /// <summary>Runs cases and prints each fault as a line of JSON.</summary>
    /// <param name="target">What reads.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="first">The first case.</param>
    /// <param name="last">The case before which it ends.</param>
    /// <param name="time">After which it ends.</param>
    /// <param name="progressFile">Where it says how far it is.</param>
    public static void Run(Target target, long seed, long first, long last, TimeSpan time, string progressFile)
    {
        using var progress = new Progress(progressFile);
        IReadOnlyList<Seed> seeds = target.Seeds();
        string root = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"fuzz-{Environment.ProcessId}")).FullName;
        try
        {
            Dictionary<Seed, string> folders = seeds.Select((made, i) => (made, Path.Combine(root, $"{i}"))).ToDictionary();
            foreach ((Seed made, string folder) in folders)
            {
                Directory.CreateDirectory(folder);
                Write(folder, made.Files.Select(static file => KeyValuePair.Create(file.Key, (byte[]?)file.Value)));
            }
            var watch = Stopwatch.StartNew();
            for (long i = first; i < last && watch.Elapsed < time && seeds.Count > 0; i++)
            {
                (progress.Index, progress.Begun) = (i, progress.Begun + 1);
                (Seed from, Dictionary<string, byte[]?> changed) = Case.Make(seeds, seed, i);
                Write(folders[from], changed);
                long length = from.Files.Sum(file => (changed.TryGetValue(file.Key, out byte[]? bytes) ? bytes : file.Value)?.LongLength ?? 0);
                Case ended = Case.Run(target, folders[from], i, length);
                Write(folders[from], changed.Keys.Select(name => KeyValuePair.Create(name, (byte[]?)from.Files[name])));
                Count(progress, ended);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    public static void Write(string folder, IEnumerable<KeyValuePair<string, byte[]?>> files)
    {
        foreach ((string name, byte[]? bytes) in files)
        {
            string path = Path.Combine(folder, name);
            File.Delete(path);   // a new file: what an earlier case still maps stays as it was
            if (bytes is not null)
            {
                File.WriteAllBytes(path, bytes);
            }
        }
    }

    private static void Count(Progress progress, Case ended)
    {
        progress.Read += ended.Ending == Ending.Read ? 1 : 0;
        progress.Refused += ended.Ending == Ending.Refused ? 1 : 0;
        progress.Slowest = Math.Max(progress.Slowest, (long)ended.Time.TotalMicroseconds);
        progress.MostAllocated = Math.Max(progress.MostAllocated, ended.Allocated);
        if (ended.Fault is not null)
        {
            Console.WriteLine(JsonSerializer.Serialize(ended.Fault));
        }
    }
}

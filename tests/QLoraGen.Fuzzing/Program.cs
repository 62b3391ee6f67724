using System.Text.Json;
using QLoraGen.Fuzzing;
using QLoraGen.Fuzzing.Running;
using QLoraGen.Native;

// dotnet run -c Release --project tests/QLoraGen.Fuzzing -- [--seed N] [--count N] [--minutes M] [--target NAME]...
//     Mutates small files of every format that is read from outside and reads them, in processes of their own.
//     The exit code is 1 where a case ended in anything but a file read or a QLoraException.
// dotnet run -c Release --project tests/QLoraGen.Fuzzing -- show TARGET SEED INDEX DIR
//     Writes the files of one case, and reads them in this process.
TorchLoader.EnsureLoadable();
switch (args)
{
    case ["worker", var name, var seed, var first, var last, var seconds, var progress]:
        Worker.Run(Target.Named(name), long.Parse(seed), long.Parse(first), long.Parse(last), TimeSpan.FromSeconds(long.Parse(seconds)), progress);
        return 0;
    case ["show", var name, var seed, var index, var folder]:
        return Show(Target.Named(name), long.Parse(seed), long.Parse(index), folder);
    default:
        return Run(args);
}

static int Run(string[] args)
{
    long seed = 1, count = long.MaxValue;
    double minutes = 0;
    List<Target> targets = [];
    for (int i = 0; i < args.Length; i += 2)
    {
        switch (args[i], i + 1 < args.Length ? args[i + 1] : null)
        {
            case ("--seed", { } value):
                seed = long.Parse(value);
                break;
            case ("--count", { } value):
                count = long.Parse(value);
                break;
            case ("--minutes", { } value):
                minutes = double.Parse(value);
                break;
            case ("--target", { } value):
                targets.Add(Target.Named(value));
                break;
            default:
                Console.Error.WriteLine("usage: [--seed N] [--count N] [--minutes M] [--target NAME]..., or show TARGET SEED INDEX DIR");
                return 2;
        }
    }
    targets = targets.Count > 0 ? targets : [.. Target.All];
    int atOnce = Math.Min(Environment.ProcessorCount, targets.Count);
    if (count == long.MaxValue && minutes == 0)
    {
        minutes = 1;
    }
    var supervisor = new Supervisor(
        seed, count == long.MaxValue ? count : Math.Max(1, count / targets.Count),
        minutes == 0 ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(minutes * atOnce / targets.Count));
    List<TargetResult> results = [];
    Parallel.ForEach(targets, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, target =>
    {
        TargetResult result = supervisor.Run(target);
        lock (results)
        {
            results.Add(result);
            Console.WriteLine($"{result.Target,-16} {result.Executions,10:N0} executions in {result.Time.TotalSeconds,6:F1} s: {result.Read:N0} read, "
                + $"{result.Refused:N0} refused, {result.Faults.Count:N0} faults; slowest {result.SlowestMicroseconds / 1e3:F1} ms, most allocated {result.MostAllocated / 1e6:F1} MB");
        }
    });
    foreach (IGrouping<string, Fault> same in results.SelectMany(static result => result.Faults).GroupBy(static fault => fault.Signature))
    {
        Fault first = same.First();
        Console.WriteLine($"FAULT {first.Kind} in {first.Target}, {same.Count()} times, first by: show {first.Target} {seed} {first.Index} DIR\n{first.What}");
    }
    Console.WriteLine(JsonSerializer.Serialize(new
    {
        seed, executions = results.Sum(static result => result.Executions), read = results.Sum(static result => result.Read),
        refused = results.Sum(static result => result.Refused), faults = results.Sum(static result => result.Faults.Count),
    }));
    return results.Any(static result => result.Faults.Count > 0) ? 1 : 0;
}

static int Show(Target target, long seed, long index, string folder)
{
    (Seed from, Dictionary<string, byte[]?> changed) = Case.Make(target.Seeds(), seed, index);
    Directory.CreateDirectory(folder);
    Worker.Write(folder, from.Files.Select(file => KeyValuePair.Create(file.Key, changed.TryGetValue(file.Key, out byte[]? bytes) ? bytes : file.Value)));
    Console.WriteLine($"{folder}: changed {string.Join(", ", changed.Keys)}");
    Case ended = Case.Run(target, folder, index, from.Files.Sum(static file => file.Value.LongLength));
    Console.WriteLine($"{ended.Ending}: {ended.Time.TotalMilliseconds:F1} ms, {ended.Allocated:N0} bytes allocated\n{ended.Fault?.What}");
    return ended.Fault is null ? 0 : 1;
}

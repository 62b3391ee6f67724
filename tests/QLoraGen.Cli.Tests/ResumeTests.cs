using System.Diagnostics;
using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;

namespace QLoraGen.Cli.Tests;

/// <summary>Runs that are stopped, killed, or out of room: going on ends in the same bytes as never having been stopped.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int Steps = 60;
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [UnixSharedFact]
    public void After_kill_9_at_any_moment_the_run_goes_on_to_the_same_bytes()
    {
        TimeSpan whole = Timed(() => qlora.Run(Finetune("whole")).Succeeded());
        var random = new Random(7);
        for (int kill = 0; kill < 3; kill++)
        {
            // Steps and checkpoints are in the second half of a run's time; before that it starts.
            TimeSpan moment = whole * (0.5 + (0.5 * random.NextDouble()));
            qlora.Run(new Circumstances($"timeout -s KILL {moment.TotalSeconds:F2} \"$@\""), Finetune("killed", [.. saves, "--resume"]));
        }
        qlora.Run(Finetune("killed", [.. saves, "--resume"])).Succeeded();
        Assert.Equal(File.ReadAllBytes(Adapter("whole")), File.ReadAllBytes(Adapter("killed")));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(qlora.File("killed")), static path => path.EndsWith(".tmp"));
        Assert.InRange(Directory.GetDirectories(qlora.File("killed"), "checkpoint-*").Length, 2, 3);   // the newest two, and the best
    }

    [UnixSharedTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void After_a_signal_the_run_has_ended_well_and_goes_on_to_the_same_bytes(string signal)
    {
        qlora.Run(Finetune("whole")).Succeeded();
        JsonElement stopped = qlora.Run(new Circumstances(Signal: signal, After: "step 6/"), Finetune("stopped")).Json;
        int steps = stopped.GetProperty("steps").GetInt32();
        Assert.InRange(steps, 6, Steps - 1);
        Assert.True(Directory.Exists(qlora.File("stopped", $"checkpoint-{steps}")));
        qlora.Run(Finetune("stopped", "--resume")).Succeeded();
        Assert.Equal(File.ReadAllBytes(Adapter("whole")), File.ReadAllBytes(Adapter("stopped")));
    }

    [SmallDiskFact]
    public void A_full_disk_leaves_the_last_checkpoint_whole()
    {
        // A checkpoint of rank 1 has some 110 KB: there is room for three.
        string disk = Directory.CreateDirectory(qlora.File("disk")).FullName, after = qlora.File("after");
        string script = $"export D='{disk}'; exec unshare -rm bash -c 'mount -t tmpfs -o size=400k tmpfs \"$D\"; \"$@\"; code=$?; "
            + $"cp -rT \"$D\" '\\''{after}'\\''; exit $code' bash \"$@\"";
        qlora.Run(new Circumstances(script), [.. Finetune(Path.Combine("disk", "adapter"), "--r", "1", "--save-steps", "3")])
            .Refuses("the checkpoint cannot be saved", "No space left", "The last whole one is", "--resume");
        string[] whole = Directory.GetDirectories(Path.Combine(after, "adapter"));
        Assert.NotEmpty(whole);
        Assert.All(whole, static checkpoint => Assert.Equal(5, Directory.GetFiles(checkpoint).Length));

        Directory.Delete(disk);
        Directory.Move(after, disk);
        qlora.Run(Finetune(Path.Combine("disk", "adapter"), "--r", "1", "--save-total-limit", "1", "--resume")).Succeeded();
        qlora.Run(Finetune("whole", "--r", "1")).Succeeded();
        Assert.Equal(File.ReadAllBytes(Adapter("whole")), File.ReadAllBytes(Adapter(Path.Combine("disk", "adapter"))));
    }

    private static TimeSpan Timed(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed;
    }

    private string Adapter(string name) => qlora.File(name, "adapter_model.safetensors");

    private static readonly string[] saves = ["--save-steps", "3", "--save-total-limit", "2"];

    private string[] Finetune(string name, params string[] more) =>
    [
        "finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora), "--steps", $"{Steps}",
        "--lora-dropout", "0.1", "--out", qlora.File(name), "--json", .. more,
    ];
}

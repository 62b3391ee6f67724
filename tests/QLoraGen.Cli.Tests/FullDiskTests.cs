using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>Disks that run full: what was there before stays, and nothing is left half-written.</summary>
public sealed class FullDiskTests : IDisposable
{
    // Above libtorch's own 2.4 MB bridge, which older systems load from a copy; below the wide model's region and adapters.
    private const string Limit = "ulimit -S -f 2600; exec \"$@\"";
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [UnixSharedFact]
    public void Under_a_limit_on_file_sizes_the_cache_is_done_without_and_the_earlier_adapter_stays()
    {
        string model = WideModel.Write(qlora);
        string[] finetune = ["finetune", "--model", model, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora),
            "--steps", "1", "--batch-size", "1", "--max-length", "16", "--out", qlora.File("adapter")];
        qlora.Run([.. finetune, "--r", "1"]).Succeeded();
        Directory.Delete(qlora.Cache, recursive: true);
        Dictionary<string, byte[]> before = Contents(qlora.File("adapter"));

        Outcome outcome = qlora.Run(new Circumstances(Limit), [.. finetune, "--r", "16"]);

        outcome.Refuses(qlora.File("adapter"), "ulimit -f", "before is unchanged");
        Assert.Contains("not kept for the next start", outcome.Err);
        Assert.Empty(Directory.GetFileSystemEntries(qlora.Cache));
        Assert.Equal(before, Contents(qlora.File("adapter")));
    }

    [SmallDiskFact]
    public void On_a_full_disk_the_earlier_adapter_stays_whole()
    {
        string disk = Directory.CreateDirectory(qlora.File("disk")).FullName;
        string[] finetune = ["finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora),
            "--steps", "1", "--out", Path.Combine(disk, "adapter")];
        string small = qlora.File("small");
        qlora.Run([.. finetune[..^1], small, "--r", "1"]).Succeeded();

        // 100 KB hold the adapter of rank 1 with its report but not a second one of rank 16. What is left there is copied out.
        Outcome outcome = qlora.Run(
            new Circumstances(OnDisk(disk, "100k", $"cp -r '{small}' '{disk}/adapter'", $"cp -rT '{disk}' '{qlora.File("after")}'")), finetune);

        outcome.Refuses(Path.Combine(disk, "adapter"), "No space left", "before is unchanged");
        Assert.Equal(Contents(small), Contents(qlora.File("after", "adapter")));
        Assert.Single(Directory.GetFileSystemEntries(qlora.File("after")));
    }

    [UnixSharedFact]
    public void Under_a_limit_on_file_sizes_nothing_is_left_of_a_merged_model()
    {
        string model = WideModel.Write(qlora);
        qlora.Run("finetune", "--model", model, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora),
            "--steps", "1", "--batch-size", "1", "--max-length", "16", "--r", "1", "--out", qlora.File("adapter")).Succeeded();
        string[] before = Directory.GetFileSystemEntries(qlora.Folder);

        Outcome outcome = qlora.Run(
            new Circumstances(Limit), "merge", "--model", model, "--adapter", qlora.File("adapter"), "--out", qlora.File("merged"));

        outcome.Refuses(qlora.File("merged"), "ulimit -f", "Nothing is left");
        Assert.Equal(before.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(qlora.Folder).Order(StringComparer.Ordinal));
    }

    [SmallDiskFact]
    public void On_a_full_disk_nothing_is_left_of_a_merged_model()
    {
        string disk = Directory.CreateDirectory(qlora.File("disk")).FullName;
        qlora.Run("finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora),
            "--steps", "1", "--r", "1", "--out", qlora.File("adapter")).Succeeded();

        // 520 KB of weights. What is left on the disk is listed before it goes.
        Outcome outcome = qlora.Run(
            new Circumstances(OnDisk(disk, "300k", "true", $"ls -A '{disk}' > '{qlora.File("left")}'")),
            "merge", "--model", Stories.Folder, "--adapter", qlora.File("adapter"), "--out", Path.Combine(disk, "merged"));

        outcome.Refuses(Path.Combine(disk, "merged"), "No space left", "Nothing is left");
        Assert.Equal("", File.ReadAllText(qlora.File("left")));
    }

    [SharedFact]
    public void An_adapter_of_which_one_file_cannot_be_replaced_keeps_the_other_too()
    {
        Directory.CreateDirectory(qlora.File("adapter", "adapter_config.json"));   // no file replaces a folder
        string weights = qlora.Write(Path.Combine("adapter", "adapter_model.safetensors"), "earlier");

        qlora.Run(
            "finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora), "--steps", "1",
            "--out", qlora.File("adapter")).Refuses(qlora.File("adapter", "adapter_config.json"), "cannot be written");

        Assert.Equal("earlier", File.ReadAllText(weights));
        Assert.Equal(2, Directory.GetFileSystemEntries(qlora.File("adapter")).Length);
    }

    [SmallDiskFact]
    public void On_a_full_disk_the_cache_is_done_without()
    {
        Directory.CreateDirectory(qlora.Cache);

        Outcome outcome = qlora.Run(
            new Circumstances(OnDisk(qlora.Cache, "64k", "true", $"ls -A '{qlora.Cache}' >&2")),
            "eval", "--model", Stories.Folder, "--data", Stories.Measured(qlora), "--json");

        Assert.True(outcome.Json.GetProperty("mean_nll").GetDouble() > 0);
        Assert.Contains("not kept for the next start", outcome.Err);
        Assert.Contains("full", outcome.Err);
        Assert.DoesNotContain(".tmp\n", outcome.Err);
    }

    // The mount is seen by these processes alone and ends with them.
    private static string OnDisk(string folder, string size, string before, string after) =>
        $"export D='{folder}'; exec unshare -rm bash -c 'mount -t tmpfs -o size={size} tmpfs \"$D\"; "
        + $"{before.Replace("'", "'\\''")}; \"$@\"; code=$?; {after.Replace("'", "'\\''")}; exit $code' bash \"$@\"";

    private static Dictionary<string, byte[]> Contents(string folder) => Directory.GetFileSystemEntries(folder)
        .ToDictionary(static path => Path.GetFileName(path), File.ReadAllBytes);
}

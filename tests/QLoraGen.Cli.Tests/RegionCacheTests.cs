using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>The quantized model that one start leaves for the next.</summary>
public sealed class RegionCacheTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedFact]
    public void The_second_start_uses_what_the_first_one_made_and_a_damaged_file_is_made_again()
    {
        double first = Loss(out _);
        string region = Assert.Single(Directory.GetFiles(qlora.Cache));
        File.SetLastWriteTimeUtc(region, LongAgo);

        Assert.Equal(first, Loss(out string quiet));
        Assert.Equal(LongAgo, File.GetLastWriteTimeUtc(region));
        Assert.DoesNotContain("damaged", quiet);

        byte[] good = File.ReadAllBytes(region);
        byte[] bad = [.. good];
        bad[bad.Length / 2] ^= 1;
        File.WriteAllBytes(region, bad);
        Assert.Equal(first, Loss(out string notice));
        Assert.Contains($"{region}: is damaged and is made again", notice);
        Assert.Equal(good, File.ReadAllBytes(region));

        File.WriteAllBytes(region, good[..100]);
        Assert.Equal(first, Loss(out notice));
        Assert.Contains("is damaged and is made again", notice);
        Assert.Equal([region], Directory.GetFileSystemEntries(qlora.Cache));
    }

    [SharedFact]
    public void Another_format_has_a_file_of_its_own()
    {
        Loss(out _);
        Loss(out _, "--quant", "fp4");
        Loss(out _, "--block-size", "128");

        Assert.Equal(3, Directory.GetFiles(qlora.Cache).Length);
    }

    [SharedFact]
    public void A_cache_that_cannot_be_made_is_told_and_the_run_goes_on()
    {
        File.WriteAllText(qlora.Cache, "a file where the folder should be");

        Loss(out string notice);

        Assert.Contains("not kept for the next start", notice);
        Assert.Contains(qlora.Cache, notice);
    }

    private double Loss(out string notice, params string[] more)
    {
        Outcome outcome = qlora.Run(["eval", "--model", Stories.Folder, "--data", Stories.Measured(qlora), "--json", .. more]);
        notice = outcome.Err;
        return outcome.Json.GetProperty("mean_nll").GetDouble();
    }
}

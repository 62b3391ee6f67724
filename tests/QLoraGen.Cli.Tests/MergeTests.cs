using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>An adapter merged into its model: the folder stands for both, and is there whole or not at all.</summary>
public sealed class MergeTests : IClassFixture<TrainedAdapter>
{
    private readonly Qlora qlora;
    private readonly TrainedAdapter trained;
    private readonly string merged;

    public MergeTests(TrainedAdapter trained)
    {
        (this.trained, qlora) = (trained, trained.Qlora);
        merged = qlora.File($"merged-{Guid.NewGuid():N}");
    }

    [SharedFact]
    public void The_merged_folder_loses_what_model_and_adapter_lose()
    {
        Outcome outcome = Merge("--dtype", "float32", "--json");

        Assert.Equal(35, outcome.Json.GetProperty("adapters").GetInt32());
        Assert.Equal(260_032 * 4, outcome.Json.GetProperty("bytes").GetInt64());
        Assert.Contains("full precision", outcome.Err);
        double together = Loss("--model", Stories.Folder, "--adapter", trained.Folder), alone = Loss("--model", Stories.Folder);
        Assert.Equal(together, Loss("--model", merged), 1e-5);
        Assert.True(Math.Abs(together - alone) > 0.01);
    }

    [SharedFact]
    public void A_size_splits_the_weights_and_bfloat16_halves_them()
    {
        Outcome outcome = Merge("--max-shard-size", "100KB", "--json");

        Assert.Equal(260_032 * 2, outcome.Json.GetProperty("bytes").GetInt64());
        Assert.InRange(outcome.Json.GetProperty("files").GetInt32(), 6, 12);
        Assert.True(File.Exists(Path.Combine(merged, "model.safetensors.index.json")));
        Assert.InRange(Loss("--model", merged), 0, 100);
    }

    [SharedFact]
    public void An_adapter_of_another_model()
    {
        // Without --model it is the built-in one.
        qlora.Run("merge", "--adapter", trained.Folder, "--out", merged).Refuses(trained.Folder, "another model");

        Assert.False(Directory.Exists(merged));
    }

    [SharedFact]
    public void A_missing_adapter() =>
        qlora.Run("merge", "--model", Stories.Folder, "--adapter", qlora.File("nowhere"), "--out", merged).Refuses("nowhere", "no such folder");

    [SharedFact]
    public void A_missing_model() =>
        qlora.Run("merge", "--model", qlora.File("nowhere"), "--adapter", trained.Folder, "--out", merged).Refuses("nowhere", "--model");

    [SharedFact]
    public void A_model_without_its_weights()
    {
        string bare = Stories.Copy(qlora, $"bare-{Guid.NewGuid():N}");
        File.Delete(Path.Combine(bare, "model.safetensors"));

        qlora.Run("merge", "--model", bare, "--adapter", trained.Folder, "--out", merged).Refuses(bare, "model.safetensors");
    }

    [SharedFact]
    public void A_folder_that_is_there_is_left_alone()
    {
        string mine = qlora.Write(Path.Combine(Path.GetFileName(merged), "mine.txt"), "mine");

        Merging().Refuses(merged, "there already");

        Assert.Equal("mine", File.ReadAllText(mine));
        Assert.Single(Directory.GetFileSystemEntries(merged));
    }

    [SharedTheory]
    [InlineData("0GB")]
    [InlineData("five")]
    [InlineData("-5GB")]
    [InlineData("5XB")]
    public void A_size_that_is_none(string size) => Merging("--max-shard-size", size).Refuses("--max-shard-size", size, "5GB");

    private Outcome Merging(params string[] more) =>
        qlora.Run(["merge", "--model", Stories.Folder, "--adapter", trained.Folder, "--out", merged, .. more]);

    private Outcome Merge(params string[] more) => Merging(more).Succeeded();

    private double Loss(params string[] model) =>
        qlora.Run(["eval", .. model, "--data", Stories.Measured(qlora), "--quant", "none", "--json"]).Json.GetProperty("mean_nll").GetDouble();
}

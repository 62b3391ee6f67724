using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>An adapter for llama.cpp. What stands in the file is tested beside the library; here it is the verb.</summary>
public sealed class ExportTests : IClassFixture<TrainedAdapter>
{
    private readonly Qlora qlora;
    private readonly TrainedAdapter trained;
    private readonly string file;

    public ExportTests(TrainedAdapter trained)
    {
        (this.trained, qlora) = (trained, trained.Qlora);
        file = qlora.File($"{Guid.NewGuid():N}.gguf");
    }

    [SharedFact]
    public void A_trained_adapter_is_a_file_for_llama_cpp()
    {
        Outcome outcome = Export("--json").Succeeded();

        GgufReader read = GgufReader.Read(file);
        Assert.Equal(("llama", 35, 70, 0), (
            outcome.Json.GetProperty("architecture").GetString(), outcome.Json.GetProperty("adapters").GetInt32(),
            outcome.Json.GetProperty("tensors").GetInt32(), outcome.Json.GetProperty("rescaled").GetInt32()));
        Assert.Equal(70, read.Tensors.Count);
        Assert.Equal("trained", read.Metadata["general.name"]);
        Assert.Equal(new FileInfo(file).Length, outcome.Json.GetProperty("bytes").GetInt64());
        Assert.Contains("--lora", outcome.Err);
    }

    [SharedFact]
    public void A_bare_config_is_enough()
    {
        string config = Stories.Copy(qlora, $"bare-{Guid.NewGuid():N}");
        File.Delete(Path.Combine(config, "model.safetensors"));

        qlora.Run("export", "--model", config, "--adapter", trained.Folder, "--gguf", file, "--dtype", "float16").Succeeded();

        Assert.All(GgufReader.Read(file).Tensors.Values, static tensor => Assert.Equal(1u, tensor.Type));
    }

    [SharedFact]
    public void An_adapter_of_another_model() =>
        qlora.Run("export", "--adapter", trained.Folder, "--gguf", file).Refuses(trained.Folder, "another model");   // the built-in one

    [SharedFact]
    public void A_missing_adapter() =>
        qlora.Run("export", "--model", Stories.Folder, "--adapter", qlora.File("nowhere"), "--gguf", file).Refuses("nowhere", "no such folder");

    [SharedFact]
    public void A_file_that_is_there_is_left_alone()
    {
        File.WriteAllText(file, "mine");

        Export().Refuses(file, "there already");

        Assert.Equal("mine", File.ReadAllText(file));
    }

    [SharedFact]
    public void A_folder_that_is_not_there() => qlora.Run(
        "export", "--model", Stories.Folder, "--adapter", trained.Folder, "--gguf", qlora.File("none", "a.gguf")).Refuses("no folder", qlora.File("none"));

    [SharedFact]
    public void The_file_has_to_be_named()
    {
        Outcome outcome = qlora.Run("export", "--model", Stories.Folder, "--adapter", trained.Folder);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("--gguf", outcome.Err);
    }

    [UnixSharedFact]
    public void Past_a_limit_on_file_sizes_nothing_is_left()
    {
        string adapter = qlora.File($"adapter-{Guid.NewGuid():N}");
        string model = WideModel.Write(qlora);
        qlora.Run("finetune", "--model", model, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora),
            "--steps", "1", "--batch-size", "1", "--max-length", "16", "--r", "8", "--out", adapter).Succeeded();

        qlora.Run(new Circumstances("ulimit -S -f 2600; exec \"$@\""), "export", "--model", model, "--adapter", adapter, "--gguf", file)
            .Refuses(file, "ulimit -f");

        Assert.Empty(Directory.GetFiles(qlora.Folder, "*.tmp"));
        Assert.False(File.Exists(file));
    }

    private Outcome Export(params string[] more) =>
        qlora.Run(["export", "--model", Stories.Folder, "--adapter", trained.Folder, "--gguf", file, .. more]);
}

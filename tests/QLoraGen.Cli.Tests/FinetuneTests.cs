using System.Text.Json;
using QLoraGen.Checkpoints;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

public sealed class FinetuneTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedFact]
    public void The_saved_adapter_measures_as_the_trained_model_did()
    {
        JsonElement result = Finetune("adapter", "--steps", "8", "--lr", "1e-2", "--lora-dropout", "0.1");

        double after = result.GetProperty("loss_after").GetDouble();
        Assert.InRange(after, 0, result.GetProperty("loss_before").GetDouble() - 0.1);
        Assert.InRange(result.GetProperty("exact_match_before").GetDouble(), 0, 1);
        Assert.InRange(result.GetProperty("exact_match_after").GetDouble(), 0, 1);
        Assert.Equal(8, result.GetProperty("steps").GetInt32());
        Assert.Equal(92_480, result.GetProperty("trainable_parameters").GetInt64());
        Assert.True(result.GetProperty("tokens_per_second").GetDouble() > 0);
        Assert.True(result.GetProperty("peak_rss_bytes").GetInt64() > 1 << 20);
        Assert.Equal(qlora.File("adapter"), result.GetProperty("adapter").GetString());

        JsonElement read = qlora.Run(
            "eval", "--model", Stories.Folder, "--adapter", qlora.File("adapter"), "--data", Stories.Measured(qlora), "--json").Json;
        Assert.Equal(after, read.GetProperty("mean_nll").GetDouble(), 1e-6);
    }

    [SharedFact]
    public void The_adapter_is_in_the_files_names_and_shapes_of_PEFT()
    {
        Finetune("adapter", "--steps", "1", "--r", "4", "--lora-alpha", "6.5", "--use-rslora", "--target-modules", "q_proj,down_proj");

        Assert.Equal(
            ["adapter_config.json", "adapter_model.safetensors", "loss.png", "report.html", "trainer_state.json"],
            Directory.GetFileSystemEntries(qlora.File("adapter")).Select(static path => Path.GetFileName(path)!).Order());
        using SafetensorsFile file = SafetensorsFile.Open(qlora.File("adapter", "adapter_model.safetensors"));
        Assert.Equal(5 * 2 * 2, file.Tensors.Count);
        for (int layer = 0; layer < 5; layer++)
        {
            string prefix = $"base_model.model.model.layers.{layer}";
            Assert.Equal([4, 64], file.Tensors[$"{prefix}.self_attn.q_proj.lora_A.weight"].Shape.ToArray());
            Assert.Equal([64, 4], file.Tensors[$"{prefix}.self_attn.q_proj.lora_B.weight"].Shape.ToArray());
            Assert.Equal([4, 172], file.Tensors[$"{prefix}.mlp.down_proj.lora_A.weight"].Shape.ToArray());
            Assert.Equal([64, 4], file.Tensors[$"{prefix}.mlp.down_proj.lora_B.weight"].Shape.ToArray());
        }
        Assert.Equal("pt", file.Metadata["format"]);
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(qlora.File("adapter", "adapter_config.json")));
        Assert.Equal("LORA", config.RootElement.GetProperty("peft_type").GetString());
        Assert.Equal("CAUSAL_LM", config.RootElement.GetProperty("task_type").GetString());
        Assert.Equal(Stories.Folder, config.RootElement.GetProperty("base_model_name_or_path").GetString());
        Assert.Equal(4, config.RootElement.GetProperty("r").GetInt32());
        Assert.Equal(6.5, config.RootElement.GetProperty("lora_alpha").GetDouble());
        Assert.True(config.RootElement.GetProperty("use_rslora").GetBoolean());
        Assert.Equal("none", config.RootElement.GetProperty("bias").GetString());
        Assert.Equal(
            ["q_proj", "down_proj"],
            config.RootElement.GetProperty("target_modules").EnumerateArray().Select(static name => name.GetString()));
    }

    [SharedFact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        Finetune("first", "--steps", "2", "--lora-dropout", "0.1", "--seed", "1");
        Finetune("again", "--steps", "2", "--lora-dropout", "0.1", "--seed", "1");
        Finetune("other", "--steps", "2", "--lora-dropout", "0.1", "--seed", "2");

        Assert.Equal(Bytes("first", "adapter_model.safetensors"), Bytes("again", "adapter_model.safetensors"));
        Assert.Equal(Bytes("first", "adapter_config.json"), Bytes("again", "adapter_config.json"));
        Assert.NotEqual(Bytes("first", "adapter_model.safetensors"), Bytes("other", "adapter_model.safetensors"));
    }

    [SharedFact]
    public void A_plain_text_is_trained_on_in_blocks_and_part_of_it_is_held_out()
    {
        string text = qlora.Write("play.txt", File.ReadAllText(SharedData.Path("datasets", "tinyshakespeare.txt"))[..6000]);

        JsonElement result = qlora.Run(
            "finetune", "--model", Stories.Folder, "--data", text, "--max-length", "64", "--held-out", "5", "--steps", "2", "--json").Json;

        Assert.Equal(JsonValueKind.Null, result.GetProperty("exact_match_after").ValueKind);
        Assert.True(File.Exists(qlora.File("adapter", "adapter_model.safetensors")));   // where the tool runs
    }

    private JsonElement Finetune(string adapter, params string[] more) => qlora.Run(
        ["finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora),
            "--out", qlora.File(adapter), "--json", .. more]).Json;

    private byte[] Bytes(params string[] parts) => File.ReadAllBytes(qlora.File(parts));
}

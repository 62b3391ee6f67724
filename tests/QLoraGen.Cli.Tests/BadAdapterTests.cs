using System.Text.Json.Nodes;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>Adapters that do not fit the model or that are not supported: each is refused by file and field.</summary>
public sealed class BadAdapterTests : IClassFixture<BadAdapterTests.Trained>
{
    private readonly Qlora qlora;
    private readonly string adapter;

    public BadAdapterTests(Trained trained)
    {
        qlora = trained.Qlora;
        adapter = qlora.File($"copy-{Guid.NewGuid():N}");
        Directory.CreateDirectory(adapter);
        foreach (string file in trained.Files)
        {
            File.Copy(file, Path.Combine(adapter, Path.GetFileName(file)));
        }
    }

    private string Config => Path.Combine(adapter, "adapter_config.json");

    private string Weights => Path.Combine(adapter, "adapter_model.safetensors");

    [SharedFact]
    public void A_missing_folder()
    {
        Directory.Delete(adapter, recursive: true);

        Refused(adapter, "no such folder", "--adapter");
    }

    [SharedFact]
    public void A_folder_without_its_config()
    {
        File.Delete(Config);

        Refused(Config, "no such file");
    }

    [SharedFact]
    public void A_pickle_in_the_place_of_the_weights()
    {
        File.Delete(Weights);
        File.Copy(SharedData.Path("hostile", "pytorch_model.bin"), Path.Combine(adapter, "adapter_model.bin"));

        Refused(adapter, "adapter_model.bin", "pickle", "safetensors");
    }

    [SharedTheory]
    [InlineData("use_qalora", "true", "QLG315")]
    [InlineData("use_dora", "\"yes\"", "QLG402")]
    [InlineData("use_dorra", "true", "QLG401")]
    [InlineData("target_modules", "\"(.*_proj\"", "QLG314")]
    [InlineData("target_modules", "\"gate\"", "QLG305")]
    [InlineData("target_modules", "[]", "QLG403")]
    [InlineData("target_modules", "[\"q_proj\", 7]", "QLG402")]
    [InlineData("peft_type", "\"IA3\"", "QLG315")]
    [InlineData("bias", "\"some\"", "QLG315")]
    [InlineData("rank_pattern", "{\"kk_proj\": 4}", "QLG307")]
    [InlineData("exclude_modules", "[\"w_proj\"]", "QLG306")]
    [InlineData("layer_replication", "[[0, 1]]", "QLG315")]
    [InlineData("init_lora_weights", "\"pissa\"", "QLG315")]
    [InlineData("ensure_weight_tying", "true", "QLG315")]
    [InlineData("r", "0", "QLG301")]
    [InlineData("r", "\"eight\"", "QLG402")]
    [InlineData("lora_alpha", "-1", "QLG303")]
    public void A_field_of_the_config(string field, string value, string id)
    {
        Spoilt.ChangeJson(Config, config => config[field] = JsonNode.Parse(value));

        Refused($"{Config}(", $"): {id}: ", field);
    }

    [SharedTheory]
    [InlineData("target_modules", "\".*_proj\"")]
    [InlineData("rank_pattern", "{\"q_proj\": 4}")]
    [InlineData("exclude_modules", "[\"layers.0.self_attn.q_proj\"]")]
    public void A_field_that_is_not_the_weights_s(string field, string value)
    {
        Spoilt.ChangeJson(Config, config => config[field] = JsonNode.Parse(value));

        Refused(Weights, "layers.0", "another model");
    }

    [SharedFact]
    public void A_config_that_is_not_JSON()
    {
        File.WriteAllText(Config, "{\n  \"r\": 08\n}");

        Refused($"{Config}(2,8): QLG409: ", "not valid JSON");
    }

    [SharedFact]
    public void A_rank_that_is_not_the_weights_s()
    {
        Spoilt.ChangeJson(Config, config => config["r"] = 8);

        Refused(Weights, "lora_A", "[8, 64]", "[2, 64]", "another model");
    }

    [SharedFact]
    public void A_target_that_the_model_does_not_have()
    {
        Spoilt.ChangeJson(Config, config => config["target_modules"] = new JsonArray("q_proj", "query_key_value"));

        Refused(Config, "QLG305", "query_key_value", "q_proj");
    }

    [SharedFact]
    public void Weights_for_layers_that_the_config_does_not_name()
    {
        Spoilt.ChangeJson(Config, config => config["target_modules"] = new JsonArray("q_proj"));

        Refused(Weights, "v_proj", "no target");
    }

    [SharedFact]
    public void An_adapter_of_another_model()
    {
        File.Copy(SharedData.Path("adapters", "sift-opf-zh", "adapter_model.safetensors"), Weights, overwrite: true);

        Refused(Weights, "lora_A.weight", "another model");
    }

    [SharedFact]
    public void Weights_that_are_not_finite()
    {
        Spoilt.Change(Weights, static (_, data) => data.AsSpan(..4).Fill(0xFF));

        Refused(Weights, "NaN");
    }

    private void Refused(params string[] words) => qlora.Run(
        "eval", "--model", Stories.Folder, "--adapter", adapter, "--data", Stories.Measured(qlora), "--json").Refuses(words);

    /// <summary>An adapter to be spoilt: rank 2 on q_proj and v_proj.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained()
        {
            if (SharedData.Root is not null)
            {
                Qlora.Run(
                    "finetune", "--model", Stories.Folder, "--data", Stories.Train(Qlora), "--held-out-data", Stories.Measured(Qlora),
                    "--steps", "1", "--r", "2", "--target-modules", "q_proj,v_proj", "--out", Qlora.File("trained")).Succeeded();
                Files = Directory.GetFiles(Qlora.File("trained"));
            }
        }

        public Qlora Qlora { get; } = new();

        public string[] Files { get; } = [];

        public void Dispose() => Qlora.Dispose();
    }
}

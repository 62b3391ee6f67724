using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

public sealed class PlanTests : IDisposable
{
    private const long Megabyte = 1 << 20;
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedTheory]
    [InlineData("8B", 8_030_261_248, 6_979_321_856, 41_943_040)]
    [InlineData("70B", 70_553_706_496, 68_451_041_280, 207_093_760)]
    public void A_bare_config_is_enough_and_nothing_is_allocated(string size, long parameters, long quantized, long trainable)
    {
        Outcome outcome = qlora.Run("plan", "--model", Config($"meta-llama--Meta-Llama-3.1-{size}"), "--json");

        JsonElement plan = outcome.Json;
        Assert.Equal(parameters, plan.GetProperty("parameters").GetInt64());
        Assert.Equal(quantized, plan.GetProperty("quantized_parameters").GetInt64());
        Assert.Equal(trainable, plan.GetProperty("trainable_parameters").GetInt64());
        // 4 bits and 1/127th of a byte more for each quantized value; the rest in bfloat16; up to 64 bytes of padding a part.
        double least = quantized * 4.126 / 8 + (parameters - quantized) * 2.0;
        Assert.InRange(plan.GetProperty("frozen_bytes").GetInt64(), least, 1.001 * least);
        Assert.Equal(4 * trainable, plan.GetProperty("adapter_bytes").GetInt64());
        Assert.Equal(4 * trainable, plan.GetProperty("gradient_bytes").GetInt64());
        Assert.Equal(8 * trainable, plan.GetProperty("optimizer_bytes").GetInt64());
        Assert.InRange(outcome.PeakBytes, 1, 512 * Megabyte);
    }

    [SharedFact]
    public void Resident_memory_goes_by_the_optimizer_the_batch_and_the_length()
    {
        long plain = Resident(), small = Resident("--optim", "adamw_8bit"), longer = Resident("--max-length", "2048"),
            wide = Resident("--batch-size", "16"), kept = Resident("--gradient-checkpointing", "false");

        Assert.Equal(plain - (6 * 41_943_040L), small);
        Assert.Equal(longer, wide);
        Assert.InRange(longer - plain, 3L * 4 * 512 * 4096 * 4 * 32, 8_000_000_000);   // at least what goes into each block
        Assert.InRange(kept, plain + 1_000_000_000, 100_000_000_000);

        long Resident(params string[] options) =>
            qlora.Run(["plan", "--model", Config("meta-llama--Meta-Llama-3.1-8B"), "--json", .. options]).Json.GetProperty("resident_bytes").GetInt64();
    }

    [SharedFact]
    public void A_folder_is_planned_like_its_config()
    {
        JsonElement plan = qlora.Run("plan", "--model", Stories.Folder, "--r", "4", "--target-modules", "q_proj,v_proj", "--json").Json;

        Assert.Equal(260_032, plan.GetProperty("parameters").GetInt64());
        Assert.Equal(5 * 4 * (64 + 64 + 64 + 32), plan.GetProperty("trainable_parameters").GetInt64());
        Assert.False(Directory.Exists(qlora.Cache));
    }

    [SharedFact]
    public void What_is_planned_is_what_finetune_takes()
    {
        JsonElement plan = qlora.Run("plan", "--model", Stories.Folder, "--json").Json;
        qlora.Run("eval", "--model", Stories.Folder, "--data", Stories.Measured(qlora)).Succeeded();

        long region = new FileInfo(Assert.Single(Directory.GetFiles(qlora.Cache))).Length;
        Assert.Equal(region - 4096, plan.GetProperty("frozen_bytes").GetInt64());   // a page of header
    }

    [SharedFact]
    public void An_unknown_architecture_is_told_with_those_that_are_known()
    {
        string config = qlora.Write("config.json", """{"model_type": "mamba", "hidden_size": 64}""");

        qlora.Run("plan", "--model", config).Refuses(config, "model_type", "mamba", "llama");
    }

    [SharedFact]
    public void A_missing_config_is_named() => qlora.Run("plan", "--model", qlora.File("nowhere")).Refuses(qlora.File("nowhere"), "no such");

    [SharedTheory]
    [InlineData("hidden_size", "0")]
    [InlineData("num_attention_heads", "0")]
    [InlineData("num_hidden_layers", "2000000000")]
    [InlineData("vocab_size", "\"many\"")]
    public void A_field_that_cannot_be_is_named_with_the_file(string field, string value)
    {
        string config = qlora.Write("config.json", File.ReadAllText(Path.Combine(Stories.Folder, "config.json")));
        Spoilt.ChangeJson(config, root => root[field] = System.Text.Json.Nodes.JsonNode.Parse(value));

        qlora.Run("plan", "--model", config).Refuses(config, field);
    }

    [SharedTheory]
    [InlineData("num_key_value_heads", "3", "QLG203", "such as 2")]
    [InlineData("head_dim", "7", "QLG204", "such as 8")]
    public void Heads_that_cannot_be_are_told_by_rule_and_place(string field, string value, string id, string fix)
    {
        string config = qlora.Write("config.json", File.ReadAllText(Path.Combine(Stories.Folder, "config.json")));
        Spoilt.ChangeJson(config, root => root[field] = System.Text.Json.Nodes.JsonNode.Parse(value));

        qlora.Run("plan", "--model", config).Refuses($"{config}(", $"): {id}: ", fix);
    }

    private static string Config(string name) => SharedData.Path("configs", $"{name}_config.json");
}

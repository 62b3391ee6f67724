using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary><c>inspect --adapter</c>: the coverage of a saved adapter's config.</summary>
public sealed class InspectAdapterTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedFact]
    public void A_pattern_of_ranks_and_an_exclusion_by_index_split_what_is_folded()
    {
        Adapter("""
            {
              "peft_type": "LORA", "r": 8, "lora_alpha": 16, "target_modules": ["q_proj", "down_proj"],
              "rank_pattern": { "layers.(0|1).self_attn.q_proj": 32 }, "exclude_modules": ["layers.4.mlp.down_proj"]
            }
            """);
        Inspected inspected = new(qlora.Run("inspect", "--model", Stories.Folder, "--adapter", "adapter", "--json"));

        Assert.Equal(
            [(32, 32 * 128, null), (32, 32 * 128, null), (8, 8 * 128, null), (8, 8 * 128, null), (8, 8 * 128, null)], Blocks("self_attn.q_proj"));
        Assert.Equal(
            [(8, 8 * 236, null), (8, 8 * 236, null), (8, 8 * 236, null), (8, 8 * 236, null), (null, 0, "excluded")], Blocks("mlp.down_proj"));
        Assert.All(Blocks("mlp.up_proj"), static block => Assert.Equal((null, 0, "not among the targets"), block));
        Assert.Equal(inspected.Total("trainable_parameters"), inspected.Layers.Sum(static layer => layer.Trainable));
        Assert.Equal(
            ["layers.0 .. layers.1 (2 x)", "layers.2 .. layers.3 (2 x)", "layers.4"],
            inspected.Drawn.Split('\n').Where(static line => line.Contains(" layers."))
                .Select(static line => line[4..line.IndexOf("  ", 4, StringComparison.Ordinal)]));
        Assert.Contains("q_proj (2 of 5)", inspected.Drawn);
        Assert.Contains("its weights are not read", inspected.Drawn);

        IEnumerable<(int?, long, string?)> Blocks(string name) => Enumerable.Range(0, 5)
            .Select(i => inspected[$"model.layers.{i}.{name}"]).Select(static layer => (layer.R, layer.Trainable, layer.Reason));
    }

    [SharedFact]
    public void What_finetune_saved_is_what_is_inspected()
    {
        qlora.Run("finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", Stories.Measured(qlora), "--steps", "1",
            "--r", "2", "--lora-alpha", "3", "--target-modules", "v_proj", "--out", "adapter").Succeeded();
        Inspected inspected = new(qlora.Run("inspect", "--model", Stories.Folder, "--adapter", "adapter", "--json"));

        Assert.Equal(5 * 2 * (64 + 32), inspected.Total("trainable_parameters"));
        Assert.Equal((2, 3), (inspected["model.layers.4.self_attn.v_proj"].R, inspected["model.layers.4.self_attn.v_proj"].Alpha));
    }

    [SharedTheory]
    [InlineData("""{ "peft_type": "LORA", "target_modules": ["q_proj", "q_porj"] }""", "(1,53): QLG305: ", "Did you mean 'q_proj'?")]
    [InlineData("""{ "peft_type": "LORA", "target_modules": ["q_proj"], "use_qalora": true }""", "QLG315: ", "use_qalora")]
    [InlineData("""{ "peft_type": "LORA", "target_modules": ["q_proj"], "exclude_modules": "model.*" }""", "QLG312: ", "exclude_modules")]
    public void A_config_that_cannot_be_loaded_is_refused_as_loading_does(string config, params string[] words)
    {
        Adapter(config);

        qlora.Run("inspect", "--model", Stories.Folder, "--adapter", "adapter", "--json").Refuses(["adapter_config.json(", .. words]);
    }

    [SharedFact]
    public void A_folder_that_is_not_there_is_named() =>
        qlora.Run("inspect", "--model", Stories.Folder, "--adapter", "nowhere").Refuses("nowhere", "no such folder", "--adapter");

    [SharedTheory]
    [InlineData("--r", "4")]
    [InlineData("--use-rslora")]
    public void Options_of_new_adapters_do_not_go_with_a_saved_one(params string[] option)
    {
        Adapter("""{ "peft_type": "LORA", "target_modules": ["q_proj"] }""");

        qlora.Run(["inspect", "--model", Stories.Folder, "--adapter", "adapter", .. option]).Refuses("--adapter", option[0]);
    }

    [SharedFact]
    public void Text_in_brackets_is_text()
    {
        Directory.CreateDirectory(qlora.File("[red]adapter[/]"));
        qlora.Write("[red]adapter[/]/adapter_config.json", """{ "peft_type": "LORA", "target_modules": ["q_proj"] }""");

        Outcome outcome = qlora.Run("inspect", "--model", Stories.Folder, "--adapter", "[red]adapter[/]").Succeeded();

        Assert.Contains("[red]adapter[/]", outcome.Out);
    }

    private void Adapter(string config)
    {
        Directory.CreateDirectory(qlora.File("adapter"));
        qlora.Write("adapter/adapter_config.json", config);
    }
}

using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

public sealed class InspectTests : IDisposable
{
    private const long Megabyte = 1 << 20;
    private const int Columns = 100;
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedFact]
    public void A_model_is_drawn_with_its_blocks_folded()
    {
        string drawn = qlora.Run("inspect", "--model", Stories.Folder).Succeeded().Out;

        Assert.Contains("stored:   NF4+DQ, block 64; what is not quantized as f32", drawn);
        Assert.Contains(
            """
            llama                           shape      stored    bytes   r  alpha  trained
            └ model                                            255,808              92,480
              ├ embed_tokens                [512, 64]  f32     131,072  frozen: not linear
              ├ layers.0 .. layers.4 (5 x)  each                24,896              18,496
              │ ├ input_layernorm           [64]       f32         256  frozen: not linear
              │ ├ self_attn                                      6,912               7,168
              │ │ ├ q_proj                  [64, 64]   NF4+DQ    2,240  16     32    2,048
            """, Inspected.Trimmed(drawn), StringComparison.Ordinal);
        Assert.Contains("35 of 47 layers train:", drawn);
        Assert.False(Directory.Exists(qlora.Cache));
    }

    [SharedTheory]
    [InlineData("Qwen--Qwen3-8B", "layers.0 .. layers.35 (36 x)")]
    [InlineData("meta-llama--Meta-Llama-3.1-70B", "layers.0 .. layers.79 (80 x)")]
    public void Layers_add_up_to_the_plan_and_nothing_is_allocated(string name, string folded)
    {
        string config = SharedData.Path("configs", $"{name}_config.json");
        Outcome outcome = qlora.Run("inspect", "--model", config, "--json");
        var inspected = new Inspected(outcome);

        string[] ofARun = ["activation_bytes", "process_bytes", "resident_bytes", "gradient_checkpointing"];
        Assert.All(qlora.Run("plan", "--model", config, "--json").Json.EnumerateObject().Where(total => !ofARun.Contains(total.Name)),
            total => Assert.Equal(total.Value.GetInt64(), inspected.Total(total.Name)));
        Assert.Equal(inspected.Total("frozen_bytes"), inspected.Layers.Sum(static layer => layer.Bytes));
        Assert.Equal(inspected.Total("trainable_parameters"), inspected.Layers.Sum(static layer => layer.Trainable));
        Assert.Equal(
            inspected.Total("parameters"),
            inspected.Layers.SelectMany(static layer => layer.Tensors).Sum(static tensor => tensor.Shape.Aggregate(static (a, b) => a * b)));
        Assert.Contains(folded, inspected.Drawn);
        Assert.All(
            inspected.Drawn.Split('\n').Where(static line => "├└│┌".Contains(line.FirstOrDefault(' '))),
            static line => Assert.True(line.Length <= Columns, line));
        Assert.InRange(outcome.PeakBytes, 1, 512 * Megabyte);
    }

    [SharedFact]
    public void A_layer_says_how_it_is_stored_and_what_trains_on_it()
    {
        Inspected inspected = Inspect("--model", SharedData.Path("configs", "Qwen--Qwen3-8B_config.json"));

        Is(inspected["model.layers.35.mlp.down_proj"], "Linear", [4096, 12288], "NF4+DQ, block 64", (16, 32, 16 * (4096 + 12288)), null);
        Is(inspected["model.layers.0.self_attn.q_norm"], "RMSNorm", [128], "bf16", null, "not linear");
        Is(inspected["model.embed_tokens"], "Embedding", [151_936, 4096], "bf16", null, "not linear");
        Is(inspected["lm_head"], "Linear", [151_936, 4096], "bf16", null, "[FullPrecision]");
    }

    [SharedFact]
    public void Options_mean_what_they_mean_to_plan()
    {
        string[] options =
        [
            "--model", Stories.Folder, "--quant", "fp4", "--double-quant", "false", "--block-size", "32", "--r", "4", "--lora-alpha", "0.5",
            "--target-modules", "q_proj,v_proj",
        ];
        Inspected inspected = Inspect(options);

        Assert.Equal(qlora.Run(["plan", .. options, "--json"]).Json.GetProperty("total_bytes").GetInt64(), inspected.Total("total_bytes"));
        Is(inspected["model.layers.0.self_attn.q_proj"], "Linear", [64, 64], "FP4, block 32", (4, 0.5, 4 * (64 + 64)), null);
        Is(inspected["model.layers.0.self_attn.k_proj"], "Linear", [32, 64], "FP4, block 32", null, "not among the targets");
    }

    [SharedFact]
    public void A_head_that_is_kept_in_full_precision_trains_where_it_is_named() => Is(
        Inspect("--model", SharedData.Path("configs", "Qwen--Qwen3-8B_config.json"), "--target-modules", "lm_head")["lm_head"],
        "Linear", [151_936, 4096], "bf16", (16, 32, 16 * (151_936 + 4096)), null);

    [SharedFact]
    public void Without_quantization_everything_has_the_config_s_type() =>
        Assert.All(Inspect("--model", Stories.Folder, "--quant", "none").Layers, static layer => Assert.Equal("f32", layer.Dtype));

    [SharedFact]
    public void Of_a_layer_with_a_bias_each_tensor_has_a_line()
    {
        string config = qlora.Write("config.json", File.ReadAllText(Path.Combine(Stories.Folder, "config.json")));
        Spoilt.ChangeJson(config, static root => root["attention_bias"] = true);
        Inspected inspected = Inspect("--model", config);

        InspectedLayer layer = inspected["model.layers.2.self_attn.k_proj"];
        Assert.Equal([$"{layer.Path}.weight", $"{layer.Path}.bias"], layer.Tensors.Select(static tensor => tensor.Key));
        Assert.Equal((layer.Bytes, layer.Tensors[1].Bytes), (1216 + 128, 128));
        Assert.Contains(
            """
              │ │ ├ k_proj                                       1,344  16     32    1,536
              │ │ │ ├ weight                [32, 64]   NF4+DQ    1,216
              │ │ │ └ bias                  [32]       f32         128
            """, inspected.Drawn, StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("q_porj", "QLG305", "Did you mean 'q_proj'?")]
    [InlineData("norm", "QLG309", "neither linear")]
    public void A_target_that_cannot_be_trained_is_refused_by_its_rule(string target, string id, string word) =>
        qlora.Run("inspect", "--model", Stories.Folder, "--target-modules", target, "--json").Refuses($"{id}: ", target, word);

    private Inspected Inspect(params string[] options) => new(qlora.Run(["inspect", .. options, "--json"]));

    private static void Is(InspectedLayer layer, string kind, long[] shape, string dtype, (int R, double Alpha, long Values)? adapter, string? reason)
    {
        Assert.Equal((kind, dtype, adapter is not null, reason), (layer.Kind, layer.Dtype, layer.Trained, layer.Reason));
        Assert.Equal((adapter?.R, adapter?.Alpha, adapter?.Values ?? 0), (layer.R, layer.Alpha, layer.Trainable));
        Assert.Equal(shape, layer.Shape);
    }
}

using System.Reflection;
using QLoraGen.Generators.Tests.Running;
using QLoraGen.Testing;

namespace QLoraGen.Generators.Tests;

/// <summary>Classes bound to a config.json: what the compiler computes is what the runtime does.</summary>
public sealed class CheckpointTests
{
    private const string Config = """
        {
          "model_type": "llama", "vocab_size": 512, "hidden_size": 64, "intermediate_size": 172, "num_hidden_layers": 5,
          "num_attention_heads": 8, "num_key_value_heads": 4, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "max_position_embeddings": 512,
          "rope_scaling": { "rope_type": "linear", "factor": 2.0 }, "tie_word_embeddings": false, "torch_dtype": "float32", "bos_token_id": 1
        }
        """;

    private const string Stories = """
        using QLoraGen;
        using QLoraGen.Models;
        using static QLoraGen.QuantType;

        namespace User;

        [Checkpoint("stories.config.json"), Quantized(FP4), LoRA(r: 4, alpha: 8, Exclude = ["mlp.down_proj"], RankPattern = ["layers.0.self_attn.q_proj=2"])]
        public sealed partial class Stories : Llama;
        """;

    [Fact]
    public async Task A_class_derived_from_a_model_of_another_assembly()
    {
        Generated generated = Generated.FromUser(Stories, ("/project/stories.config.json", Config)).Compiles();
        await Snapshot.Match(Assert.Single(generated.Files).Value, "cs");
    }

    [Theory]
    [InlineData("Exclude = [\"layers.0.self_attn.k_proj\"]", "r = 4 in 4 of 5, 1,536 values")]
    [InlineData("Targets = [\"layers.1.self_attn.k_proj\", \"q_proj\"]", "r = 4 in 1 of 5, 384 values")]
    [InlineData("Targets = [\"layers.1.self_attn.k_proj\", \"q_proj\"], Exclude = [\"k_proj\"]", "frozen: not among the targets, excluded")]
    public void Repetitions_of_a_layer_are_counted_each_on_its_own(string lora, string coverage)
    {
        string source = Stories.Replace("Exclude = [\"mlp.down_proj\"], RankPattern = [\"layers.0.self_attn.q_proj=2\"]", lora, StringComparison.Ordinal);
        Generated generated = Generated.FromUser(source, ("stories.config.json", Config)).Compiles();
        Assert.Contains(
            $"<term>model.layers.*.self_attn.k_proj</term><description>5 x [32, 64]: {coverage}</description>",
            Assert.Single(generated.Files).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_bound_itself()
    {
        string source = Declare.Model("""Model("tiny"), Quantized(NF4, DoubleQuant = false), Checkpoint("models/tiny.config.json")""");
        Generated generated = Generated.FromUser(source,
            ("/elsewhere/tiny.config.json", "{}"),
            ("/project/models/tiny.config.json", """{ "vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 1 }""")).Compiles();
        await Snapshot.Match(generated["Declared.Models.Tiny.Checkpoint"], "cs");
        SameAsTheRuntime(generated.Load().GetType("Declared.Models.Tiny")!);
    }

    [Theory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public void The_plan_and_the_layout_are_the_runtime_s(string dtype)
    {
        string config = Config.Replace("float32", dtype, StringComparison.Ordinal);
        SameAsTheRuntime(Generated.FromUser(Stories, ("stories.config.json", config)).Compiles().Load().GetType("User.Stories")!);
    }

    [SharedTheory]
    [InlineData("Qwen--Qwen3-0.6B_config.json", "Qwen3")]
    [InlineData("Qwen--Qwen3-8B_config.json", "Qwen3")]
    [InlineData("Qwen--Qwen3-32B_config.json", "Qwen3")]
    [InlineData("meta-llama--Meta-Llama-3.1-8B_config.json", "Llama")]
    [InlineData("meta-llama--Meta-Llama-3.1-70B_config.json", "Llama")]
    public void Published_checkpoints_are_planned_to_the_byte(string file, string model)
    {
        string source = $$"""
            using QLoraGen;
            using QLoraGen.Models;

            namespace User;

            [Checkpoint("{{file}}")]
            public sealed partial class Bound : {{model}};
            """;
        string path = SharedData.Path("configs", file);
        SameAsTheRuntime(Generated.FromUser(source, (path, File.ReadAllText(path))).Compiles().Load().GetType("User.Bound")!);
    }

    [Theory]
    [InlineData("Mistral", "\"sliding_window\": 4, \"head_dim\": null")]
    [InlineData("Qwen2", "\"layer_types\": [\"full_attention\", \"full_attention\"]")]
    [InlineData("Gemma", "\"head_dim\": 6")]
    [InlineData("Gemma2", "\"head_dim\": 6, \"query_pre_attn_scalar\": 9")]
    [InlineData("Gemma3", "\"head_dim\": 6, \"rope_scaling\": { \"rope_type\": \"linear\", \"factor\": 8.0 }")]
    [InlineData("Phi3", "\"rope_scaling\": { \"type\": \"longrope\", \"short_factor\": [1, 1.1], \"long_factor\": [2, 4.5] }")]
    [InlineData("GptNeoX", "\"rotary_pct\": 0.5, \"rotary_emb_base\": 1000")]
    [InlineData("SmolLM3", "\"no_rope_layers\": [1, 0], \"tie_word_embeddings\": true")]
    [InlineData("Olmo2", "\"attention_bias\": false")]
    [InlineData("Mixtral", "\"num_local_experts\": 3, \"num_experts_per_tok\": 2")]
    [InlineData("Gpt2", "\"n_embd\": 16, \"n_layer\": 2, \"n_head\": 4, \"n_inner\": null")]
    public void Every_family_is_planned_to_the_byte(string model, string own)
    {
        string source = $"[QLoraGen.Checkpoint(\"family.config.json\"), QLoraGen.LoRA(r: 2, alpha: 4)] public sealed partial class Bound : QLoraGen.Models.{model};";
        string config = $$"""
            {
              "model_type": "family", "vocab_size": 50, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
              "num_key_value_heads": {{(model is "GptNeoX" or "Phi3" ? 4 : 2)}}, "torch_dtype": "float32", {{own}}
            }
            """;
        SameAsTheRuntime(Generated.FromUser(source, ("family.config.json", config)).Compiles().Load().GetType("Bound")!);
    }

    [Theory]
    [InlineData("other.config.json", Config)]
    [InlineData("stories.config.json", "{")]
    [InlineData("stories.config.json", "[]")]
    [InlineData("stories.config.json", "{}")]
    [InlineData("stories.config.json", "{ \"vocab_size\": \"many\", \"hidden_size\": 64, \"num_hidden_layers\": 1, \"intermediate_size\": 1, \"num_attention_heads\": 1 }")]
    public void A_file_that_is_missing_or_wrong_yields_nothing(string path, string text) =>
        Assert.Empty(Generated.FromUser(Stories, (path, text)).Files);

    private static void SameAsTheRuntime(Type bound)
    {
        using var model = (CausalLM)Activator.CreateInstance(bound)!;
        MemoryPlan plan = MemoryPlan.Of(model, model.DeclaredFormat, model.DeclaredAdapter ?? new LoraConfig());
        Type constants = bound.GetNestedType("Plan")!;
        foreach (FieldInfo figure in constants.GetFields())
        {
            object expected = model.DeclaredAdapter is null && figure.Name is "TrainableParameters" or "AdapterBytes" or "GradientBytes" or "OptimizerBytes"
                ? 0L
                : typeof(MemoryPlan).GetProperty(figure.Name)!.GetValue(plan)!;
            if (model.DeclaredAdapter is not null || figure.Name != "TotalBytes")
            {
                Assert.Equal((figure.Name, expected), (figure.Name, figure.GetRawConstantValue()));
            }
        }
        Assert.Equal(9, constants.GetFields().Length);

        // The places that the compiler gave hold against those that a walk over the model computes.
        var declared = new QuantStateLayout(model.DeclaredFormat, _ => model.Config.WeightType);
        typeof(CausalLM).GetMethod("LayDeclared", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(model, [declared]);
        var walked = new QuantStateLayout(model.DeclaredFormat, _ => model.Config.WeightType);
        typeof(Module).GetMethod("Lay", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(model, [walked]);
        Assert.Equal(walked.Entries, declared.Entries);
        Assert.True((bool)typeof(QuantStateLayout).GetProperty("IsAsDeclared", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(declared)!);
    }
}

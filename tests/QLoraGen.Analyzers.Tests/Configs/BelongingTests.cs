using QLoraGen.Analyzers.Tests.Running;

namespace QLoraGen.Analyzers.Tests.Configs;

/// <summary>Which class a file of settings belongs to, and what is said where none is known.</summary>
public sealed class BelongingTests
{
    private const string Model = """
        using QLoraGen;
        using static TorchSharp.torch;

        namespace Declared;

        public sealed record NAMEConfig : ModelConfig
        {
            public int Groups { get; init; }
            public double? Slope { get; init; }
        }

        [Model("TYPE"), LoRA(r: 4, alpha: 8)]
        public partial class NAME(NAMEConfig config) : CausalLM(config)
        {
            public partial Embedding EmbedTokens { get; } = new(config.VocabSize, config.HiddenSize);
            public partial Linear PROJ { get; } = new(config.HiddenSize, config.HiddenSize);
            public partial Linear LmHead { get; } = new(config.HiddenSize, config.VocabSize);

            public override Tensor Hidden(Tensor ids, KVCache? cache = null) => PROJ.Forward(EmbedTokens.Forward(ids));

            public override Tensor Logits(Tensor hidden) => LmHead.Forward(hidden);
        }
        """;

    private static readonly string Left = Named("Left", "left", "UpProj");
    private static readonly string Right = Named("Right", "right", "DownProj");

    [Fact]
    public Task The_only_class_of_a_project_has_its_adapters() => Run(
        ("Left.cs", Left),
        ("my.adapter_config.json", """{ "peft_type": "LORA", "target_modules": ["up_proj", {|QLG305:"down_proj"|}] }"""));

    [Fact]
    public Task Of_two_classes_neither_is_taken() => Run(
        ("Left.cs", Left), ("Right.cs", Right),
        ("my.adapter_config.json", """{ "peft_type": "LORA", "r": {|QLG301:0|}, "target_modules": ["up_proj", "down_proj", "gate_proj"] }"""));

    [Fact]
    public Task An_adapter_belongs_to_the_checkpoint_beside_it() => Run(
        ("Left.cs", Left), ("Right.cs", Right),
        ("Bound.cs", """[QLoraGen.Checkpoint("models/r.config.json"), QLoraGen.LoRA(r: 2, alpha: 8)] public partial class Bound(Declared.RightConfig config) : Declared.Right(config);"""),
        ("models/r.config.json", """{ "model_type": "right", "vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 1 }"""),
        ("models/r.adapter_config.json", """{ "peft_type": "LORA", "r": {|QLG404:4|}, "lora_alpha": 8, "target_modules": ["down_proj", {|QLG305:"up_proj"|}] }"""),
        ("models/l.adapter_config.json", """{ "peft_type": "LORA", "target_modules": ["up_proj", "down_proj"] }"""));

    [Fact]
    public Task An_adapter_beside_a_config_is_for_a_model_of_that_type_and_for_no_other() => Run(
        ("Left.cs", Left),
        ("l/config.json", """{ "model_type": "left", "vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 1 }"""),
        ("l/adapter_config.json", """{ "peft_type": "LORA", "r": {|QLG302:16|}, "target_modules": ["up_proj", {|QLG305:"query_key_value"|}] }"""),
        ("b/config.json", """{ "model_type": "bloom" }"""),
        ("b/adapter_config.json", """{ "peft_type": "LORA", "r": 16, "target_modules": ["query_key_value"] }"""));

    [Fact]
    public Task A_config_is_read_by_the_class_for_its_model_type() => Run(
        ("Left.cs", Left), ("Right.cs", Right),
        ("any.config.json", """
            {
              "model_type": "right", "vocab_size": {|QLG402:"64"|}, "hidden_size": 16, "num_hidden_layers": 1,
              {|QLG401:"group"|}: 2, "slope": null, "torch_dtype": null, "authors_own": {}
            }
            """));

    [Fact]
    public Task A_config_of_a_type_that_no_class_is_for_is_searched_for_slips_alone() => Run(
        ("Left.cs", Left),
        ("config.json", """{ "model_type": "other", {|QLG401:"rms_norm_esp"|}: 1e-5, "hidden_size": "64" }"""));

    [Fact]
    public Task Files_of_other_tools_are_let_be() => Run(
        ("Left.cs", Left),
        ("babel.config.json", """{ "presets": [], "hidden_sise": 1 }"""), ("config.json", "[1,"), ("appsettings.json", """{ "model_type": 3 }"""),
        ("tokenizer_config.json", """{ "model_type": "left" }"""));

    [Fact]
    public Task A_bound_file_that_is_no_object_is_said_to_be_none() => Run(
        ("Left.cs", Left.Replace("LoRA(", "Checkpoint(\"left.json\"), LoRA(", StringComparison.Ordinal)), ("left.json", "{|QLG409:3|}"));

    [Fact]
    public Task Other_names_for_the_same_layers_do_not_contradict() => Run(
        ("Left.cs", Left.Replace("alpha: 8", "alpha: 8, Targets = [\"up_proj\"]", StringComparison.Ordinal)),
        ("adapter_config.json", """{ "peft_type": "LORA", "r": 4, "lora_alpha": 8.0, "lora_dropout": {|QLG404:0.1|}, "target_modules": "up_.*" }"""));

    [Fact]
    public Task Targets_that_mean_other_layers_contradict() => Run(
        ("Left.cs", Left.Replace("alpha: 8", "alpha: 8, Targets = [\"up_proj\"]", StringComparison.Ordinal)),
        ("adapter_config.json", """{ "peft_type": "LORA", "use_rslora": {|QLG404:true|}, "target_modules": {|QLG404:["up_proj", "lm_head"]|} }"""));

    private static string Named(string name, string type, string proj) => Model
        .Replace("NAME", name, StringComparison.Ordinal).Replace("TYPE", type, StringComparison.Ordinal).Replace("PROJ", proj, StringComparison.Ordinal);

    private static Task Run(params (string Name, string Text)[] files) =>
        new AnalyzerRun(files.Select(static file => new KeyValuePair<string, string>(file.Name, file.Text))).RunAsync();
}

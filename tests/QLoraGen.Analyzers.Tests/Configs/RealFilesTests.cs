using Microsoft.CodeAnalysis;
using QLoraGen.Analyzers.Tests.Running;
using QLoraGen.Models;
using QLoraGen.Testing;

namespace QLoraGen.Analyzers.Tests.Configs;

/// <summary>Files of real models: nothing is said of them that is not so.</summary>
public sealed class RealFilesTests
{
    [SharedTheory]
    [InlineData("configs/Qwen--Qwen3-0.6B_config.json", "Qwen3")]
    [InlineData("configs/Qwen--Qwen3-8B_config.json", "Qwen3")]
    [InlineData("configs/Qwen--Qwen3-32B_config.json", "Qwen3")]
    [InlineData("configs/meta-llama--Meta-Llama-3.1-8B_config.json", "Llama")]
    [InlineData("configs/meta-llama--Meta-Llama-3.1-70B_config.json", "Llama")]
    [InlineData("models/tiny/tiny_llama_config.json", "Llama", true)]
    [InlineData("models/tiny/tiny_qwen3_config.json", "Qwen3", true)]
    [InlineData("models/stories260K/config.json", "Llama", true)]
    public Task A_config_that_a_class_is_bound_to(string file, string model, bool hasUnevenWidths = false)
    {
        string name = Path.GetFileName(file), bound = hasUnevenWidths ? "{|QLG205:Bound|}" : "Bound";
        return Of(
            ("Bound.cs", $"[QLoraGen.Checkpoint(\"{name}\")] public sealed partial class {bound} : QLoraGen.Models.{model};"),
            (name, File.ReadAllText(SharedData.Path(file)))).RunAsync();
    }

    [SharedTheory]
    [InlineData("configs/Qwen--Qwen3-0.6B_config.json")]
    [InlineData("configs/meta-llama--Meta-Llama-3.1-8B_config.json")]
    [InlineData("models/tiny/tiny_gemma2_config.json")]
    [InlineData("models/tiny/tiny_llama_config.json")]
    [InlineData("models/tiny/tiny_phi3_config.json")]
    [InlineData("models/tiny/tiny_qwen2_config.json")]
    [InlineData("models/tiny/tiny_qwen3_config.json")]
    [InlineData("models/stories260K/tokenizer_config.json")]
    public Task A_config_that_lies_in_the_project(string file) => Of(("x.config.json", File.ReadAllText(SharedData.Path(file)))).RunAsync();

    [Fact]
    public Task What_a_class_of_another_assembly_reads_is_known() => Of(
        ("Bound.cs", "[QLoraGen.Checkpoint(\"x.json\")] public sealed partial class Bound : QLoraGen.Models.Llama;"),
        ("x.json", """
            {|QLG403:{|}
              "model_type": "llama", "vocab_size": 64, "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2,
              "tie_word_embeddings": {|QLG402:0|}, {|QLG401:"rope_thetta"|}: 10000, "rope_scaling": { "factor": {|QLG402:"8"|} }
            }
            """)).RunAsync();

    [SharedFact]
    public Task An_adapter_of_an_unknown_model() =>
        Of(("adapter_config.json", File.ReadAllText(SharedData.Path("adapters", "tiny_lora_adapter_config.json")))).RunAsync();

    [SharedFact]
    public Task An_adapter_with_modules_to_save() =>
        Of(("adapter_config.json", File.ReadAllText(SharedData.Path("adapters", "sift-opf-zh", "adapter_config.json")))).RunAsync();

    private static AnalyzerRun Of(params (string Name, string Text)[] files)
    {
        var run = new AnalyzerRun(files.Select(static file => new KeyValuePair<string, string>(file.Name, file.Text)));
        run.TestState.AdditionalReferences.Add(MetadataReference.CreateFromFile(typeof(Llama).Assembly.Location));
        return run;
    }
}

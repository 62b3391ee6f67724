using QLoraGen.Checkpoints;
using QLoraGen.Testing;

namespace QLoraGen.Runtime.Tests.Checkpoints.BitsAndBytes;

public sealed class QuantizationConfigTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_Transformers_writes_is_read()
    {
        QuantizationConfig config = Read(
            """
            {
              "_load_in_4bit": true, "_load_in_8bit": false, "bnb_4bit_compute_dtype": "bfloat16", "bnb_4bit_quant_storage": "uint8",
              "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true, "llm_int8_enable_fp32_cpu_offload": false,
              "llm_int8_has_fp16_weight": false, "llm_int8_skip_modules": ["lm_head"], "llm_int8_threshold": 6.0,
              "load_in_4bit": true, "load_in_8bit": false, "quant_method": "bitsandbytes"
            }
            """)!;
        Assert.Equal(new QuantFormat(QuantType.NF4, 128), config.FormatWith(128));
        Assert.Equal(["lm_head"], config.LlmInt8SkipModules!);
    }

    [Theory]
    [InlineData("""{"load_in_4bit": true}""")]
    [InlineData("""{"quant_method": "bitsandbytes", "load_in_4bit": true, "llm_int8_skip_modules": null}""")]
    public void What_is_left_out_is_bitsandbytes_default(string json) =>
        Assert.Equal(new QuantFormat(QuantType.FP4, 64, DoubleQuant: false), Read(json)!.FormatWith(64));

    [Fact]
    public void A_model_without_it_has_none() => Assert.Null(Read("null"));

    [Theory]
    [InlineData("""{"quant_method": "gptq", "bits": 4, "group_size": 128}""", "'gptq'", "original checkpoint")]
    [InlineData("""{"quant_method": "awq", "bits": 4}""", "'awq'")]
    [InlineData("""{"quant_method": "fp8", "weight_block_size": [128, 128]}""", "'fp8'")]
    [InlineData("""{"quant_method": "compressed-tensors", "config_groups": {}}""", "'compressed-tensors'")]
    [InlineData("""{"quant_method": "bitsandbytes", "load_in_8bit": true}""", "load_in_8bit is true", "LLM.int8")]
    [InlineData("""{"quant_method": "bitsandbytes"}""", "load_in_4bit is not true")]
    [InlineData("""{"bits": 4}""", "no quant_method")]
    [InlineData("""{"load_in_4bit": true, "bnb_4bit_quant_type": "int4"}""", "'int4'", "nf4 and fp4")]
    [InlineData("""{"load_in_4bit": "yes"}""", "load_in_4bit", "true or false")]
    [InlineData("""{"load_in_4bit": true, "llm_int8_skip_modules": "lm_head"}""", "llm_int8_skip_modules", "list")]
    [InlineData("\"nf4\"", "quantization_config", "object")]
    public void Another_method_or_value_is_refused_by_name(string json, params string[] words)
    {
        QLoraException error = Assert.Throws<QLoraException>(() => Read(json));
        Assert.All(words, word => Assert.Contains(word, error.Message));
        Assert.StartsWith(folder.File("config.json"), error.Message);
    }

    [Theory]
    [InlineData("lm_head", "lm_head", true)]
    [InlineData("lm_head", "model.lm_head", true)]
    [InlineData("lm_head", "model.lm_head_norm", false)]
    [InlineData("model.layers.1", "model.layers.1.mlp.down_proj", true)]
    [InlineData("model.layers.1", "model.layers.11.mlp.down_proj", false)]
    [InlineData("mlp", "model.layers.1.mlp.down_proj", true)]
    [InlineData("down_proj", "model.layers.1.mlp.down_proj", true)]
    [InlineData("", "model.layers.1.mlp.down_proj", false)]
    public void A_skipped_module_is_named_by_whole_parts_of_its_path(string name, string path, bool skipped) =>
        Assert.Equal(skipped, new QuantizationConfig { LlmInt8SkipModules = [name] }.Skips(path));

    private QuantizationConfig? Read(string json)
    {
        folder.Write("config.json", $$"""{"vocab_size": 4, "hidden_size": 4, "num_hidden_layers": 1, "quantization_config": {{json}}}""");
        return ConfigFile.Open(folder.Path).Read<Plain>().QuantizationConfig;
    }

    private sealed record Plain : ModelConfig;
}

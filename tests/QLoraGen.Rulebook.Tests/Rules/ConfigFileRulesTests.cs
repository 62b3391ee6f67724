using QLoraGen.Configs;
using QLoraGen.Rules;
using QLoraGen.Testing;

namespace QLoraGen.Rulebook.Tests.Rules;

/// <summary>A config.json, with and without the record that it is read into.</summary>
public sealed class ConfigFileRulesTests
{
    private static readonly ConfigSchema Schema = new(
    [
        new("hidden_size", FieldType.Integer, IsRequired: true),
        new("rms_norm_eps", FieldType.Number, IsRequired: false),
        new("groups", FieldType.Integer, IsRequired: false),
        new("rope_scaling", FieldType.Object.OrNull, IsRequired: false, new ConfigSchema([new("factor", FieldType.Number, IsRequired: true)])),
    ]);

    [Theory]
    [InlineData("hidden_sise", "hidden_size")]
    [InlineData("rmsNormEps", "rms_norm_eps")]
    [InlineData("group", "groups")]
    [InlineData("rope_tehta", null)]
    [InlineData("n_heads", null)]
    [InlineData("vision_hidden_size", null)]
    [InlineData("num_hidden_layers_of_vision", null)]
    [InlineData("type", null)]
    public void A_key_close_to_one_that_is_read_and_missing_is_a_slip(string key, string? meant)
    {
        PlacedFault? slip = ConfigFileRules.Check($"{{ \"model_type\": \"x\", \"{key}\": 1 }}", Schema)
            .SingleOrDefault(static fault => fault.Fault.Rule == KeyIsUnknown.Rule);
        Assert.Equal(meant, slip?.Fault.Fix);
        Assert.Equal(meant is null ? 0 : key.Length + 2, slip?.Length ?? 0);
    }

    [Fact]
    public void It_is_none_where_the_other_key_is_there() =>
        Assert.Empty(ConfigFileRules.Check("{ \"model_type\": \"x\", \"hidden_size\": 8, \"hidden_size2\": 8, \"rms_norm_eps\": 1, \"rms_norm_eps1\": 1 }", Schema));

    [Theory]
    [InlineData("{ \"model_type\": \"x\" }", "hidden_size", 0)]
    [InlineData("{ \"hidden_size\": 8 }", "model_type", 0)]
    [InlineData("{ \"model_type\": \"x\", \"hidden_size\": 8, \"rope_scaling\": {} }", "rope_scaling.factor", 55)]
    public void A_missing_key_is_shown_on_the_bracket_of_its_object(string text, string field, int start)
    {
        PlacedFault fault = Assert.Single(ConfigFileRules.Check(text, Schema));
        Assert.Equal(("QLG403", field), (fault.Fault.Rule.Id, fault.Fault.Field));
        Assert.Equal((start, 1, '{'), (fault.Start, fault.Length, text[fault.Start]));
    }

    [Theory]
    [InlineData("\"load_in_4bit\": true", "QLG405", "QLG406", "QLG407")]
    [InlineData("\"load_in_4bit\": true, \"bnb_4bit_quant_type\": \"fp4\", \"bnb_4bit_use_double_quant\": false", "QLG406")]
    [InlineData("\"load_in_4bit\": true, \"bnb_4bit_quant_type\": \"nf4\", \"bnb_4bit_use_double_quant\": true, \"bnb_4bit_compute_dtype\": \"float32\"")]
    [InlineData("\"load_in_4bit\": false, \"load_in_8bit\": true")]
    [InlineData("\"quant_method\": \"gptq\", \"bits\": 4")]
    public void What_is_left_to_bitsandbytes_is_said_and_what_is_chosen_is_not(string settings, params string[] ids)
    {
        IReadOnlyList<PlacedFault> faults = ConfigFileRules.Check($"{{ \"model_type\": \"x\", \"quantization_config\": {{ {settings} }} }}", null);
        Assert.Equal(ids, faults.Select(static fault => fault.Fault.Rule.Id));
    }

    [Fact]
    public void A_config_of_another_model_is_said_to_be_one_and_nothing_else() => Assert.Equal(
        "QLG410: model_type is 'qwen3', but 'Small' is a model of type 'llama': bind it to the config.json of such a model, or derive it from the class for 'qwen3'.",
        Assert.Single(ConfigFileRules.Check("{ \"model_type\": \"qwen3\", \"hidden_size\": \"8\" }", Schema, ("Small", "llama"))).Fault.ToString());

    [SharedTheory]
    [InlineData("configs")]
    [InlineData("models")]
    public void Real_configs_are_right(string folder)
    {
        string[] files = Directory.GetFiles(SharedData.Path(folder), "*config.json", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files.Where(static file => !file.EndsWith("tokenizer_config.json", StringComparison.Ordinal)),
            static file => Assert.Empty(ConfigFileRules.Check(File.ReadAllText(file), null)));
    }
}

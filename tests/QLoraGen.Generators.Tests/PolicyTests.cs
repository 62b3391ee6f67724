using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>What the attributes of a [Model] class become.</summary>
public sealed class PolicyTests
{
    [Fact]
    public void Without_attributes_there_is_no_policy()
    {
        string model = Generate("""Model("tiny")""");
        Contains("QuantFormat? DeclaredFormat => null;", model);
        Contains("LoraConfig? DeclaredAdapter => null;", model);
    }

    [Fact]
    public void The_defaults_are_spelled_out() =>
        Contains("DeclaredFormat => new(QuantType.NF4, BlockSize: 64, DoubleQuant: true);", Generate("""Model("tiny"), Quantized(NF4)"""));

    [Fact]
    public void Every_option_of_Quantized_is_written() =>
        Contains("DeclaredFormat => new(QuantType.FP4, BlockSize: 128, DoubleQuant: false);",
            Generate("""Model("tiny"), Quantized(FP4, BlockSize = 128, DoubleQuant = false)"""));

    [Fact]
    public void Quantized_to_None_is_full_precision() => Contains("DeclaredFormat => null;", Generate("""Model("tiny"), Quantized(None)"""));

    [Theory]
    [InlineData("LoRA", "R = 8, LoraAlpha = 8")]
    [InlineData("LoRA(alpha: 32, r: 4)", "R = 4, LoraAlpha = 32")]
    [InlineData("LoRA(alpha: 1e-7)", "R = 8, LoraAlpha = 1E-07")]
    [InlineData("LoRA(Targets = new string[0])", "R = 8, LoraAlpha = 8")]
    [InlineData("LoRA(Dropout = double.NaN)", "R = 8, LoraAlpha = 8, LoraDropout = double.NaN")]
    [InlineData("LoRA(alpha: 1 / 0.0)", "R = 8, LoraAlpha = double.PositiveInfinity")]
    [InlineData("LoRA(alpha: -1 / 0.0)", "R = 8, LoraAlpha = double.NegativeInfinity")]
    [InlineData("""LoRA(Targets = ["a\"b"])""", """R = 8, LoraAlpha = 8, TargetModules = ["a\"b"]""")]
    [InlineData("""LoRA(r: 8, alpha: 16, Dropout = 0.05, Targets = ["q_proj", "v_proj"], UseRslora = true)""",
        """R = 8, LoraAlpha = 16, LoraDropout = 0.05, UseRslora = true, TargetModules = ["q_proj", "v_proj"]""")]
    public void Every_option_of_LoRA_is_written(string attribute, string fields) =>
        Contains($"DeclaredAdapter => new() {{ {fields} }};", Generate($"""Model("tiny"), {attribute}"""));

    [Fact]
    public void A_model_type_with_odd_characters_stays_one_string() =>
        Contains("""public const string ModelType = "a\"\\b";""", Generate("""Model("a\"\\b")"""));

    private static string Generate(string attributes) => Generated.From(Declare.Model(attributes)).Compiles()["Declared.Models.Tiny"];

    private static void Contains(string expected, string actual) => Assert.Contains(expected, actual, StringComparison.Ordinal);
}

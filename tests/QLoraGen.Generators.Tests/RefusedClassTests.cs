using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>What cannot be generated yields nothing and breaks nothing: naming the fault is the analyzers' work.</summary>
public sealed class RefusedClassTests
{
    [Theory]
    [InlineData("[Module] public class Part : Module;")]
    [InlineData("[Module] public partial class Part;")]
    [InlineData("[Module] public partial class Part<T> : Module;")]
    [InlineData("[Module] file partial class Part : Module;")]
    [InlineData("public static class Outer { [Module] public partial class Part : Module; }")]
    [InlineData("public partial class Outer<T> { [Module] public partial class Part : Module; }")]
    [InlineData("""[Model("tiny")] public partial class Tiny : CausalLM;""")]
    [InlineData("""[Model("tiny")] public partial class Tiny(int width, int height) : CausalLM(null!);""")]
    [InlineData("""[Model("tiny")] public partial class Tiny(ModelConfig config) : Module;""")]
    [InlineData("""[Model("tiny")] public abstract partial class Tiny(ModelConfig config) : CausalLM(config);""")]
    [InlineData("""[Model("tiny")] public partial class Tiny : CausalLM { private Tiny(ModelConfig config) : base(config); }""")]
    public void A_class_of_the_wrong_kind_yields_nothing(string declaration) =>
        Assert.Empty(Generated.From(Declare.Source(declaration)).Files);

    [Theory]
    [InlineData("Model")]
    [InlineData("Model(null!)")]
    [InlineData("Model(1)")]
    [InlineData("Model(\"a\", \"b\")")]
    [InlineData("Model(new[] { \"a\" })")]
    public void A_model_whose_type_cannot_be_read_yields_nothing(string attribute) =>
        Assert.Empty(Generated.From(Declare.Model(attribute)).Files);

    [Theory]
    [InlineData("Quantized")]
    [InlineData("Quantized(4)")]
    [InlineData("Quantized(NF5)")]
    [InlineData("Quantized(NF4, BlockSize = \"64\")")]
    [InlineData("Quantized(NF4, BlockSize = new[] { 64 })")]
    [InlineData("LoRA(\"r\")")]
    [InlineData("LoRA(Dropout = \"0.1\")")]
    [InlineData("LoRA(Dropout = new[] { 0.1 })")]
    [InlineData("LoRA(Targets = \"q_proj\")")]
    [InlineData("LoRA(Targets = [1, null!])")]
    [InlineData("LoRA(Targets = null!)")]
    [InlineData("LoRA(Unknown = 1)")]
    public void Arguments_that_do_not_compile_do_not_break_the_generator(string attribute) =>
        Assert.Contains("Declared.Models.Tiny.g.cs", Generated.From(Declare.Model($"Model(\"tiny\"), {attribute}")).Files.Keys);

    [Theory]
    [InlineData("[Key] public partial Linear Proj { get; }")]
    [InlineData("[Key(new[] { 1 })] public partial Linear Proj { get; } = new(1, 2);")]
    [InlineData("public partial Linear Proj { get; } = new(1);")]
    [InlineData("public partial Linear Proj { get; } = new(1, 2, 3, 4);")]
    [InlineData("public partial Linear Proj { get; } = new(1, inFeatures: 2, inFeatures: 3);")]
    [InlineData("public partial Linear Proj { get; } = ;")]
    [InlineData("public partial Linear Proj { get; } = new Linear { InFeatures = 3 };")]
    [InlineData("public partial Linear")]
    [InlineData("public partial Missing Proj { get; } = new();")]
    public void A_property_that_does_not_compile_does_not_break_the_generator(string property) =>
        Assert.Contains("Declared.Models.Part.g.cs", Generated.From(Declare.Part(property)).Files.Keys);

    [Fact]
    public void A_class_that_is_both_model_and_module_is_generated_once() =>
        Generated.From(Declare.Model("""Model("tiny"), Module""")).Compiles();

    [Fact]
    public void A_project_without_declarations_gets_no_file() => Assert.Empty(Generated.From("public class Plain;").Compiles().Files);
}

using Microsoft.CodeAnalysis;
using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>What cannot be generated yields nothing, breaks nothing, and is told where the compiler would stop before an analyzer could speak.</summary>
public sealed class RefusedClassTests
{
    [Theory]
    [InlineData("QLG101", "[Module] public class Part : Module;")]
    [InlineData("QLG101", """[Checkpoint("a.json")] public class Bound : CausalLM;""")]
    [InlineData("QLG102", "public static class Outer { [Module] public partial class Part : Module; }")]
    [InlineData("QLG102", "public class Outer { [Module] public partial class Part : Module; [Module] public partial class Other : Module; }")]
    [InlineData("QLG111", "[Module] public partial class Part;")]
    [InlineData("QLG111", "[Module] public partial class Part<T> : Module;")]
    [InlineData("QLG111", "[Module] file partial class Part : Module;")]
    [InlineData("QLG111", "public partial class Outer<T> { [Module] public partial class Part : Module; }")]
    [InlineData("QLG111", """[Model("tiny")] public partial class Tiny : CausalLM;""")]
    [InlineData("QLG111", """[Model("tiny")] public partial class Tiny(int width, int height) : CausalLM(null!);""")]
    [InlineData("QLG111", """[Model("tiny")] public partial class Tiny(ModelConfig config) : Module;""")]
    [InlineData("QLG111", """[Model("tiny")] public abstract partial class Tiny(ModelConfig config) : CausalLM(config);""")]
    [InlineData("QLG111", """[Model("tiny")] public partial class Tiny : CausalLM { private Tiny(ModelConfig config) : base(config); }""")]
    [InlineData("QLG111", """public partial class Outer { [Checkpoint("a.json")] public partial class Bound : CausalLM; }""")]
    public void A_class_of_the_wrong_kind_yields_nothing_and_is_told(string rule, string declaration)
    {
        var generated = Generated.From(Declare.Source(declaration));
        Assert.Empty(generated.Files);
        Assert.Equal([rule], generated.Refused);
    }

    [Fact]
    public void A_refused_class_is_read_as_before_when_another_file_changes()
    {
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation before = TestCompilation.Of(Declare.Source("[Module] public class Part : Module;"), "public class Unrelated;");
        GeneratorDriver driver = Generated.Driver().RunGenerators(before);
        GeneratorRunResult after = Assert.Single(driver.RunGenerators(before.Edited("class Unrelated;", "class Unrelated { public int X; }")).GetRunResult().Results);
        after.GivesTheSame(Steps.Refused);
    }

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

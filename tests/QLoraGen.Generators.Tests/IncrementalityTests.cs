using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QLoraGen.Generators.Tests.Running;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace QLoraGen.Generators.Tests;

/// <summary>What an edit makes the pipeline do again, step by step.</summary>
public sealed class IncrementalityTests
{
    private static readonly CSharpCompilation before = TestCompilation.Of(
        Declare.Part("""
            public partial Linear Proj { get; } = new(width, width + 1);

                public int Twice() => 2 * width;
            """),
        Declare.Model("""Model("tiny"), Quantized(NF4), LoRA(r: 4)"""),
        "public class Unrelated;");

    [Theory]
    [InlineData("public class Unrelated;", "public class Unrelated { public int X; }")]
    [InlineData("2 * width", "width + width")]
    [InlineData("=> Proj.Forward(hidden);", "{ return Proj.Forward(hidden); }")]
    [InlineData("public int Twice", "/* doubled */ public int Twice")]
    [InlineData("new(width, width + 1)", "new(width, /* one more */ width + 1)")]
    [InlineData("[Module]", "// a part\n[Module]")]
    [InlineData("public int Twice() => 2 * width;", "")]
    public void An_edit_that_declares_nothing_writes_nothing(string from, string to)
    {
        GeneratorRunResult after = Edit(from, to);
        foreach (string step in (string[])[Steps.Modules, Steps.Models, Steps.Namespace, Steps.Architectures])
        {
            Assert.All(after.Reasons(step), reason => Assert.True(reason is Cached or Unchanged, $"{step}: {reason}"));
        }
        Assert.All(after.OutputReasons(), reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void A_renamed_property_of_a_module_writes_that_module_alone()
    {
        GeneratorRunResult after = Edit("Linear Proj { get; } = new(width, width + 1)", "Linear Gate { get; } = new(width, width + 1)");
        Assert.Equal([Modified], after.Reasons(Steps.Modules));
        Assert.All(after.Reasons(Steps.Models), reason => Assert.True(reason is Cached or Unchanged));
        Assert.All(after.Reasons(Steps.Architectures), reason => Assert.True(reason is Cached or Unchanged));
        Assert.Single(after.OutputReasons(), Modified);
        Assert.Equal(2, after.OutputReasons().Count(static reason => reason == Cached));
    }

    [Fact]
    public void A_renamed_property_of_a_model_leaves_the_index_alone()
    {
        GeneratorRunResult after = Edit("Linear Proj { get; } = new(config", "Linear Gate { get; } = new(config");
        Assert.Equal([Modified], after.Reasons(Steps.Models));
        Assert.All(after.Reasons(Steps.Modules), reason => Assert.True(reason is Cached or Unchanged));
        Assert.All(after.Reasons(Steps.Architectures), reason => Assert.True(reason is Cached or Unchanged));
        Assert.Single(after.OutputReasons(), Modified);
    }

    [Theory]
    [InlineData("LoRA(r: 4)", "LoRA(r: 8)")]
    [InlineData("Quantized(NF4)", "Quantized(NF4, BlockSize = 128)")]
    public void Another_policy_writes_the_model_alone(string from, string to)
    {
        GeneratorRunResult after = Edit(from, to);
        Assert.Equal([Modified], after.Reasons(Steps.Models));
        Assert.Single(after.OutputReasons(), Modified);
    }

    [Fact]
    public void Another_model_type_writes_the_model_and_the_index()
    {
        GeneratorRunResult after = Edit("\"tiny\"", "\"small\"");
        Assert.Equal([Modified], after.Reasons(Steps.Models));
        Assert.Equal([Modified], after.Reasons(Steps.Architectures));
        Assert.Equal(2, after.OutputReasons().Count(static reason => reason == Modified));
    }

    [Fact]
    public void A_removed_module_takes_its_file_along()
    {
        GeneratorRunResult after = Edit("[Module]", "");
        Assert.Equal([Removed], after.Reasons(Steps.Modules));
        Assert.DoesNotContain(after.GeneratedSources, static source => source.HintName.Contains("Part", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_root_namespace_writes_the_index_alone()
    {
        GeneratorDriver driver = Generated.Driver().RunGenerators(before).WithUpdatedAnalyzerConfigOptions(new RootNamespaceOptions("Other"));
        GeneratorRunResult after = Assert.Single(driver.RunGenerators(before).GetRunResult().Results);
        Assert.Equal([Modified], after.Reasons(Steps.Namespace));
        Assert.Single(after.OutputReasons(), Modified);
    }

    private static GeneratorRunResult Edit(string from, string to)
    {
        GeneratorDriver driver = Generated.Driver().RunGenerators(before);
        return Assert.Single(driver.RunGenerators(before.Edited(from, to)).GetRunResult().Results);
    }
}

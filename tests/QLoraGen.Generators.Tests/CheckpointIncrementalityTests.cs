using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QLoraGen.Generators.Tests.Running;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace QLoraGen.Generators.Tests;

/// <summary>What an edit makes the pipeline do again for classes that are bound to files.</summary>
public sealed class CheckpointIncrementalityTests
{
    private const string Config = """{ "vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 1 }""";

    private static readonly CSharpCompilation project = TestCompilation.Of(
        Declare.Model("""Model("tiny"), Quantized(NF4), LoRA(r: 4), Checkpoint("tiny.config.json")"""),
        Declare.Model("""Model("other"), Checkpoint("other.config.json")""", "Other"),
        "public class Unrelated;");

    private static readonly MemoryFile tiny = new("/project/tiny.config.json", Config);
    private static readonly MemoryFile settings = new("/project/appsettings.json", "{}");
    private static readonly GeneratorDriver before = Generated.Driver("Declared.Models", tiny, new MemoryFile("/project/other.config.json", Config), settings)
        .RunGenerators(project);

    [Theory]
    [InlineData("public class Unrelated;", "public class Unrelated { public int X; }")]
    [InlineData("public class Unrelated;", "public class Unrelated { public void F() { } }")]
    public void An_unrelated_source_file_binds_nothing_again(string from, string to)
    {
        GeneratorRunResult after = Run(before, project.Edited(from, to));
        after.GivesTheSame(Steps.Checkpoints);
        Assert.All(after.Reasons(Steps.JsonFiles), static reason => Assert.Equal(Cached, reason));
        Assert.All(after.Reasons(Steps.Found), static reason => Assert.Equal(Cached, reason));
        Assert.All(after.Reasons(Steps.Bound), static reason => Assert.Equal(Cached, reason));
        Assert.All(after.OutputReasons(), static reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void An_unrelated_JSON_file_binds_nothing_again()
    {
        GeneratorRunResult after = Changed(settings, """{ "Logging": {} }""");
        Assert.Single(after.Reasons(Steps.JsonFiles), Modified);
        Assert.Equal([Cached, Cached], after.Reasons(Steps.Found));
        Assert.Equal([Cached, Cached], after.Reasons(Steps.Bound));
        Assert.All(after.OutputReasons(), static reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void A_file_binds_its_own_class_again_and_no_other()
    {
        GeneratorRunResult after = Changed(tiny, Config.Replace("32", "64", StringComparison.Ordinal));
        Assert.Single(after.Reasons(Steps.JsonFiles), Modified);
        Assert.Equal([Modified, Cached], after.Reasons(Steps.Found));
        Assert.Equal([Modified, Cached], after.Reasons(Steps.Bound));
        Assert.Single(after.OutputReasons(), Modified);
    }

    [Fact]
    public void A_file_that_is_formatted_anew_writes_nothing()
    {
        GeneratorRunResult after = Changed(tiny, Config.Replace(" ", "\n", StringComparison.Ordinal));
        Assert.Equal([Modified, Cached], after.Reasons(Steps.Found));
        Assert.Equal([Cached, Cached], after.Reasons(Steps.Bound));
        Assert.All(after.OutputReasons(), static reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void A_file_that_is_gone_takes_the_generated_part_along()
    {
        GeneratorRunResult after = Run(before.RemoveAdditionalTexts([tiny]), project);
        Assert.Equal([Removed, Cached], after.Reasons(Steps.Found));
        Assert.Equal([Removed, Cached], after.Reasons(Steps.Bound));
        Assert.DoesNotContain(after.GeneratedSources, static source => source.HintName == "Declared.Models.Tiny.Checkpoint.g.cs");
    }

    [Fact]
    public void Another_policy_binds_its_own_class_again_and_no_other()
    {
        GeneratorRunResult after = Run(before, project.Edited("LoRA(r: 4)", "LoRA(r: 8)"));
        Assert.Equal([Modified, Cached], after.Reasons(Steps.Checkpoints));
        Assert.All(after.Reasons(Steps.JsonFiles), static reason => Assert.Equal(Cached, reason));
        Assert.Equal([Modified, Cached], after.Reasons(Steps.Bound));
        Assert.Equal(2, after.OutputReasons().Count(static reason => reason == Modified));   // the class's two parts
    }

    private static GeneratorRunResult Changed(MemoryFile file, string text) =>
        Run(before.ReplaceAdditionalText(file, new MemoryFile(file.Path, text)), project);

    private static GeneratorRunResult Run(GeneratorDriver driver, Compilation compilation) =>
        Assert.Single(driver.RunGenerators(compilation).GetRunResult().Results);
}

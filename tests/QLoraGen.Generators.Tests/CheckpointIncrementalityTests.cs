using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QLoraGen.Generators.Tests.Running;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace QLoraGen.Generators.Tests;

/// <summary>What an edit makes of the steps that bind classes to files.</summary>
public sealed class CheckpointIncrementalityTests
{
    private const string Config = """{ "vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 1 }""";

    private static readonly CSharpCompilation before = TestCompilation.Of(
        Declare.Model("""Model("tiny"), LoRA(r: 4), Checkpoint("tiny.config.json")"""), "public class Unrelated { public int X() => 1; }");

    private static readonly MemoryFile bound = new("/p/tiny.config.json", Config), other = new("/p/other.json", "{}"), text = new("/p/notes.txt", "a");

    [Theory]
    [InlineData("=> 1", "=> 2")]
    [InlineData("class Unrelated {", "class Unrelated { public int Y;")]
    public void An_edit_of_another_source_binds_nothing_again(string from, string to)
    {
        GeneratorRunResult after = Run(driver => driver, before.Edited(from, to));
        Assert.All((string[])[Steps.Checkpoints, Steps.JsonFiles, Steps.Bound], step => Assert.All(Reasons(after, step), Kept));
        Assert.All(Outputs(after), static reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void An_edit_of_another_json_file_leaves_what_is_bound_as_it_is()
    {
        GeneratorRunResult after = Run(static driver => driver.ReplaceAdditionalText(other, new MemoryFile(other.Path, "[]")), before);
        Assert.Contains(Modified, Reasons(after, Steps.JsonFiles));
        Assert.All(Reasons(after, Steps.Bound), Kept);
        Assert.All(Outputs(after), static reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void An_edit_of_a_file_without_json_reads_nothing()
    {
        GeneratorRunResult after = Run(static driver => driver.ReplaceAdditionalText(text, new MemoryFile(text.Path, "b")), before);
        Assert.All(Reasons(after, Steps.JsonFiles), Kept);
        Assert.All(Outputs(after), static reason => Assert.Equal(Cached, reason));
    }

    [Fact]
    public void An_edit_of_the_bound_file_writes_the_bound_part_alone()
    {
        GeneratorRunResult after = Run(
            static driver => driver.ReplaceAdditionalText(bound, new MemoryFile(bound.Path, Config.Replace("32", "64", StringComparison.Ordinal))), before);
        Assert.Equal([Modified], Reasons(after, Steps.Bound));
        Assert.All(Reasons(after, Steps.Models), Kept);
        Assert.All(Reasons(after, Steps.Checkpoints), Kept);
        Assert.Single(Outputs(after), Modified);
    }

    private static GeneratorRunResult Run(Func<GeneratorDriver, GeneratorDriver> edit, Compilation after)
    {
        GeneratorDriver driver = Generated.Driver().AddAdditionalTexts([bound, other, text]).RunGenerators(before);
        Assert.Equal(3, Assert.Single(driver.GetRunResult().Results).GeneratedSources.Length);   // the class, what binds it, the index
        return Assert.Single(edit(driver).RunGenerators(after).GetRunResult().Results);
    }

    private static void Kept(IncrementalStepRunReason reason) => Assert.True(reason is Cached or Unchanged, reason.ToString());

    private static IncrementalStepRunReason[] Reasons(GeneratorRunResult run, string step)
    {
        IncrementalStepRunReason[] reasons = [.. run.TrackedSteps[step].SelectMany(static s => s.Outputs).Select(static output => output.Reason)];
        Assert.NotEmpty(reasons);
        return reasons;
    }

    private static IEnumerable<IncrementalStepRunReason> Outputs(GeneratorRunResult run) =>
        run.TrackedOutputSteps.SelectMany(static steps => steps.Value).SelectMany(static step => step.Outputs).Select(static output => output.Reason);
}

using QLoraGen.Analyzers.Tests.Running;

namespace QLoraGen.Analyzers.Tests;

/// <summary>What a code fix makes of a fault is exactly the mended project.</summary>
public sealed class FixTests
{
    public static TheoryData<string> Folders =>
        [.. FaultFolder.All.Where(static folder => FixRun.Ids.Contains(folder.Id)).Select(static folder => folder.Name)];

    [Theory]
    [MemberData(nameof(Folders))]
    public Task A_fix_mends_the_fault(string folder) => new FixRun(new FaultFolder(folder)).RunAsync();

    [Fact]
    public void Every_fix_is_for_a_rule_that_exists() =>
        Assert.Empty(FixRun.Ids.Except(AllAnalyzers.Rules.Select(static rule => rule.Id)));
}

using QLoraGen.Analyzers.Tests.Running;

namespace QLoraGen.Analyzers.Tests;

/// <summary>One small project a fault: what is marked is reported, once and nothing else; mended, nothing is.</summary>
public sealed class FaultTests
{
    public static TheoryData<string> Folders => [.. FaultFolder.All.Select(static folder => folder.Name)];

    [Theory]
    [MemberData(nameof(Folders))]
    public Task A_fault_is_reported_once_at_its_place(string folder)
    {
        var fault = new FaultFolder(folder);
        Assert.Single(fault.Fault.Values.SelectMany(text => text.Split($"{{|{fault.Id}:")[1..]));
        return new AnalyzerRun(fault.Fault).RunAsync();
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public Task Mended_nothing_is_reported(string folder) => new AnalyzerRun(new FaultFolder(folder).Mended).RunAsync();

    [Fact]
    public void Every_rule_has_a_fault() =>
        Assert.Empty(AllAnalyzers.Rules.Select(static rule => rule.Id).Except(FaultFolder.All.Select(static folder => folder.Id)));
}

using QLoraGen.Analyzers.Tests.Running;
using QLoraGen.Testing;

namespace QLoraGen.Analyzers.Tests;

/// <summary>
/// The whole directory of faults, built by the real compiler: each is reported once at the right span and nothing else is;
/// mended, everything builds clean.
/// </summary>
public sealed class DotnetBuildTests(FaultBuild build) : IClassFixture<FaultBuild>
{
    public static TheoryData<string> Folders => [.. FaultFolder.All.Select(static folder => folder.Name)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_fault_is_reported_once_at_its_place(string folder)
    {
        (string file, Markup markup) = new FaultFolder(folder).Fault
            .Select(static file => (file.Key, Markup.Of(file.Value))).Single(static file => file.Item2.Start is not null);
        BuildResult result = Assert.Single(build.ResultsOf(folder, "fault"), static result => !result.IsCompilerError);
        Assert.Equal((new FaultFolder(folder).Id, file, markup.Start, markup.End), (result.Id, result.File, result.Start, result.End));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Mended_it_builds_clean(string folder) => Assert.Empty(build.ResultsOf(folder, "mended"));

    [Fact]
    public Task What_is_said_of_each_fault() => Snapshot.Match(string.Concat(FaultFolder.All.SelectMany(folder =>
        build.ResultsOf(folder.Name, "fault").Where(static result => !result.IsCompilerError).Select(result => $"{folder.Name}\n    {result}\n"))), "txt");
}

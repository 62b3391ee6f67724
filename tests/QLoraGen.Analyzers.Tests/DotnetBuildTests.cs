using System.Text.Json;
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
        BuildResult[] results = [.. build.ResultsOf(folder, "fault").Where(static result => !result.IsCompilerError)];
        BuildResult result = Assert.Single(results);
        Assert.Equal((new FaultFolder(folder).Id, file, markup.Start, markup.End), (result.Id, result.File, result.Start, result.End));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Mended_it_builds_clean(string folder) => Assert.Empty(build.ResultsOf(folder, "mended"));
}

/// <summary>One build of every project, by one call of dotnet.</summary>
public sealed class FaultBuild : IDisposable
{
    private readonly TempFolder folder = new();

    public FaultBuild()
    {
        string output = AppContext.BaseDirectory;
        folder.Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <ErrorLog>$(MSBuildProjectDirectory)/log.sarif,version=2.1</ErrorLog>
                <EnableNETAnalyzers>false</EnableNETAnalyzers>
                <ContinueOnError>true</ContinueOnError>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{output}QLoraGen.Runtime.dll;{output}QLoraGen.Kernels.dll;{output}QLoraGen.Rulebook.dll;{output}TorchSharp.dll" Private="false" />
                <Analyzer Include="{output}QLoraGen.Generators.dll;{output}QLoraGen.Analyzers.dll;{output}QLoraGen.CodeFixes.dll;{output}QLoraGen.Rulebook.dll" />
                <AdditionalFiles Include="**/*.json" Exclude="obj/**" />
              </ItemGroup>
            </Project>
            """);
        List<string> projects = [];
        foreach (FaultFolder fault in FaultFolder.All)
        {
            foreach ((string state, IReadOnlyDictionary<string, string> files) in (ReadOnlySpan<(string, IReadOnlyDictionary<string, string>)>)[("fault", fault.Fault), ("mended", fault.Mended)])
            {
                foreach ((string name, string text) in files)
                {
                    folder.Write($"{fault.Name}/{state}/{name}", Markup.Of(text).Text);
                }
                string project = folder.Write($"{fault.Name}/{state}/Project.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
                projects.Add(project);
            }
        }
        string all = folder.Write("all.proj", $"""
            <Project>
              <ItemGroup>
                <Project Include="{string.Join(';', projects)}" />
              </ItemGroup>
              <Target Name="Build">
                <MSBuild Projects="@(Project)" Targets="Restore" Properties="Phase=Restore" BuildInParallel="true" />
                <MSBuild Projects="@(Project)" Targets="Compile" BuildInParallel="true" ContinueOnError="true" />
              </Target>
            </Project>
            """);
        Dotnet.Run(folder.Path, "build", all, "-m:2", "-v:q");
    }

    /// <summary>What the compiler reported of a project; a log must be there.</summary>
    public IReadOnlyList<BuildResult> ResultsOf(string fault, string state)
    {
        using JsonDocument log = JsonDocument.Parse(File.ReadAllText(folder.File(fault, state, "log.sarif")));
        return
        [
            .. log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
                .Select(static result => BuildResult.Of(result)).Where(static result => result.Level != "hidden"),
        ];
    }

    public void Dispose() => folder.Dispose();
}

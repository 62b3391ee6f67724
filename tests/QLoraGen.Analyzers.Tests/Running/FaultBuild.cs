using System.Text.Json;
using QLoraGen.Testing;

namespace QLoraGen.Analyzers.Tests.Running;

/// <summary>Every fault and every mended project, each with a project file of its own, compiled by one call of dotnet.</summary>
public sealed class FaultBuild : IDisposable
{
    private static readonly string[] states = ["fault", "mended"];

    private readonly TempFolder folder = new();

    public FaultBuild()
    {
        folder.Write("Directory.Build.props", Settings());
        // What a restore finds out is the same for all of them.
        folder.Write("Restored/Project.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        Dotnet.Run(folder.File("Restored"), "restore");
        IEnumerable<string> projects = FaultFolder.All.SelectMany(static _ => states, Write);
        folder.Write("all.proj", $"""
            <Project>
              <ItemGroup>
                <Project Include="{string.Join(';', projects)}" />
              </ItemGroup>
              <Target Name="Build">
                <MSBuild Projects="@(Project)" Targets="Compile" BuildInParallel="true" ContinueOnError="true" />
              </Target>
            </Project>
            """);
        // One compiler for all of them, whatever the machine's default; the build fails, since faults are errors.
        Dotnet.Try(folder.Path, "build", "all.proj", "-m:2", "-v:q", "-p:UseSharedCompilation=true");
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

    private string Write(FaultFolder fault, string state)
    {
        foreach ((string name, string text) in state == "fault" ? fault.Fault : fault.Mended)
        {
            folder.Write($"{fault.Name}/{state}/{name}", Markup.Of(text).Text);
        }
        return folder.Write($"{fault.Name}/{state}/Project.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
    }

    private static string Settings()
    {
        string output = AppContext.BaseDirectory;
        return $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <ErrorLog>$(MSBuildProjectDirectory)/log.sarif,version=2.1</ErrorLog>
                <EnableNETAnalyzers>false</EnableNETAnalyzers>
                <ProjectAssetsFile>$(MSBuildThisFileDirectory)Restored/obj/project.assets.json</ProjectAssetsFile>
              </PropertyGroup>
              <ItemGroup>
                <Reference Include="{output}QLoraGen.Runtime.dll;{output}QLoraGen.Kernels.dll;{output}QLoraGen.Rulebook.dll;{output}TorchSharp.dll" Private="false" />
                <Analyzer Include="{output}QLoraGen.Generators.dll;{output}QLoraGen.Analyzers.dll;{output}QLoraGen.CodeFixes.dll;{output}QLoraGen.Rulebook.dll" />
                <AdditionalFiles Include="**/*.json" Exclude="obj/**" />
              </ItemGroup>
            </Project>
            """;
    }
}

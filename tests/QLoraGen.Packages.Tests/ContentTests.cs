namespace QLoraGen.Packages.Tests;

/// <summary>What is in each package.</summary>
[Collection(nameof(Feed))]
public sealed class ContentTests(Feed feed)
{
    [Fact]
    public void The_runtime_brings_its_parts_and_what_runs_in_the_compiler()
    {
        string[] expected =
        [
            "lib/net10.0/QLoraGen.Runtime.dll", "lib/net10.0/QLoraGen.Kernels.dll", "lib/net10.0/QLoraGen.Rulebook.dll",
            "lib/net10.0/QLoraGen.Runtime.xml", "lib/net10.0/QLoraGen.Kernels.xml", "lib/net10.0/QLoraGen.Rulebook.xml",
            "analyzers/dotnet/cs/QLoraGen.Generators.dll", "analyzers/dotnet/cs/QLoraGen.Analyzers.dll",
            "analyzers/dotnet/cs/QLoraGen.CodeFixes.dll", "analyzers/dotnet/cs/QLoraGen.Rulebook.dll",
            "buildTransitive/QLoraGen.targets", "README.md", "icon.png",
        ];
        Assert.Empty(expected.Except(feed.Files("QLoraGen")));
        string nuspec = feed.Read("QLoraGen", "QLoraGen.nuspec");
        Assert.Contains("<license type=\"expression\">MIT</license>", nuspec, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"QLoraGen.", nuspec, StringComparison.Ordinal);   // its parts are inside, not beside
    }

    [Fact]
    public void Symbols_of_all_parts_come_along() => Assert.Empty(
        ((string[])["Runtime", "Kernels", "Rulebook"]).Select(static part => $"lib/net10.0/QLoraGen.{part}.pdb").Except(feed.Files("QLoraGen", "snupkg")));

    [Fact]
    public void Models_bring_the_compiler_s_parts_through_the_runtime() =>
        Assert.Contains($"<dependency id=\"QLoraGen\" version=\"{feed.Version}\" include=\"All\" />", feed.Read("QLoraGen.Models", "QLoraGen.Models.nuspec"), StringComparison.Ordinal);

    [Theory]
    [InlineData("QLoraGen")]
    [InlineData("QLoraGen.Models")]
    [InlineData("QLoraGen.Cli")]
    [InlineData("QLoraGen.Templates")]
    public void Every_package_has_a_readme_an_icon_a_licence_and_a_description(string package)
    {
        Assert.Empty(((string[])["README.md", "icon.png"]).Except(feed.Files(package)));
        string nuspec = feed.Read(package, $"{package}.nuspec");
        Assert.All((string[])["<license ", "<icon>", "<readme>", "<description>", "<tags>"], element => Assert.Contains(element, nuspec, StringComparison.Ordinal));
    }

    [Fact]
    public void The_tool_is_called_qlora() =>
        Assert.Contains("<Command Name=\"qlora\"", feed.Read("QLoraGen.Cli", "tools/net10.0/any/DotnetToolSettings.xml"), StringComparison.Ordinal);
}

using QLoraGen.Testing;

namespace QLoraGen.Packages.Tests;

/// <summary>From <c>dotnet new qlora</c> to a trained adapter and green tests.</summary>
[Collection(nameof(Feed))]
public sealed class TemplateTests(Feed feed)
{
    [Fact]
    public void A_new_project_trains_an_adapter_and_passes_its_tests()
    {
        using TempFolder consumer = feed.Consumer();
        string[] hive = ["--debug:custom-hive", consumer.File("hive")];
        Dotnet.Run(consumer.Path, ["new", "install", Path.Combine(feed.Folder, $"QLoraGen.Templates.{feed.Version}.nupkg"), .. hive]);
        Dotnet.Run(consumer.Path, ["new", "qlora", "-n", "Demo", .. hive]);
        string project = consumer.File("Demo");

        Assert.Contains("saved: adapter", Dotnet.Run(project, "run", "--project", "Demo"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(project, "adapter", "adapter_config.json")));
        Assert.Contains("Passed!", Dotnet.Run(project, "test"), StringComparison.Ordinal);
    }
}

using System.IO.Compression;
using System.Runtime.CompilerServices;
using QLoraGen.Testing;

namespace QLoraGen.Packages.Tests;

/// <summary>All packages of the repository, packed once into a local folder under a version of their own.</summary>
public sealed class Feed : IDisposable
{
    private readonly TempFolder folder = new();

    public Feed()
    {
        Version = $"0.1.0-test{Guid.NewGuid():N}";
        string configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            ? "Release" : "Debug";
        foreach (string project in (string[])["runtime/QLoraGen.Runtime", "models/QLoraGen.Models", "models/QLoraGen.Cli", "models/QLoraGen.Templates"])
        {
            Dotnet.Run(Path.Combine(Repository(), project), "pack", "--no-build", "-c", configuration, "-o", folder.Path, $"-p:Version={Version}");
        }
    }

    /// <summary>Of the packages.</summary>
    public string Version { get; }

    /// <summary>Where they lie.</summary>
    public string Folder => folder.Path;

    /// <summary>The names of the files in a package.</summary>
    public IReadOnlyList<string> Files(string package, string extension = "nupkg")
    {
        using ZipArchive archive = ZipFile.OpenRead(folder.File($"{package}.{Version}.{extension}"));
        return [.. archive.Entries.Select(static entry => entry.FullName)];
    }

    /// <summary>The text of a file in a package.</summary>
    public string Read(string package, string file)
    {
        using ZipArchive archive = ZipFile.OpenRead(folder.File($"{package}.{Version}.nupkg"));
        using var reader = new StreamReader(archive.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>An empty folder whose projects restore from here, beside the machine's own sources.</summary>
    public TempFolder Consumer()
    {
        var consumer = new TempFolder();
        consumer.Write("nuget.config", $"""<configuration><packageSources><add key="packed" value="{folder.Path}" /></packageSources></configuration>""");
        return consumer;
    }

    public void Dispose()
    {
        folder.Dispose();
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string package in (string[])["qloragen", "qloragen.models"])
        {
            string restored = Path.Combine(packages, package, Version);
            if (Directory.Exists(restored))
            {
                Directory.Delete(restored, recursive: true);
            }
        }
    }

    private static string Repository([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}

/// <summary>Packed once for all tests, which run one after the other.</summary>
[CollectionDefinition(nameof(Feed))]
public sealed class FeedCollection : ICollectionFixture<Feed>;

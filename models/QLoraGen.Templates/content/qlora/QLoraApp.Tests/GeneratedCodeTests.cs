using System.Runtime.CompilerServices;

namespace QLoraApp.Tests;

/// <summary>
/// What is generated is as somebody read and accepted it, so that a new version of the generator, or an edit of the model,
/// shows what it changes. To accept: ACCEPT=1 dotnet test
/// </summary>
public sealed class GeneratedCodeTests
{
    private static readonly string here = Folder();
    private static readonly string generated = Path.Combine(here, "..", "QLoraApp", "obj", "generated");

    public static TheoryData<string> Files => [.. Names];

    private static IEnumerable<string> Names =>
        Directory.GetFiles(generated, "*.g.cs", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void Is_as_it_was_accepted(string file)
    {
        string received = File.ReadAllText(Directory.GetFiles(generated, file, SearchOption.AllDirectories).Single()).ReplaceLineEndings("\n");
        string path = Path.Combine(here, file.Replace(".g.cs", ".verified.cs", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            File.WriteAllText(path, received);
        }
        Assert.True(File.Exists(path), $"{path} does not exist. Read the generated code, then accept it: ACCEPT=1 dotnet test");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), received);
    }

    [Fact]
    public void Every_accepted_file_is_still_generated() => Assert.Equal(
        Directory.GetFiles(here, "*.verified.cs").Select(file => Path.GetFileName(file).Replace(".verified.cs", ".g.cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        Names);

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

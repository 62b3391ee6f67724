using QLoraGen.Generators.Tests.Running;
using QLoraGen.Testing;

namespace QLoraGen.Generators.Tests;

/// <summary>Everything that is generated for the architectures of QLoraGen.Models, file by file.</summary>
public sealed class ModelSnapshotTests
{
    private static readonly Lazy<Generated> models = new(static () => Generated.From(
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Declared"), "*.cs").Order(StringComparer.Ordinal).Select(File.ReadAllText)],
        "QLoraGen.Models"));

    [Fact]
    public void Both_halves_compile_without_an_error_or_a_warning() => models.Value.Compiles();

    [Fact]
    public Task Every_generated_file() =>
        Task.WhenAll(models.Value.Files.Select(file => Snapshot.Match(file.Value, "cs", Path.GetFileNameWithoutExtension(file.Key))));
}

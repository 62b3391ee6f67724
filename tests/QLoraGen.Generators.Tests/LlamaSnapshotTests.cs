using QLoraGen.Generators.Tests.Running;
using QLoraGen.Testing;

namespace QLoraGen.Generators.Tests;

/// <summary>Everything that is generated for the declared Llama, file by file.</summary>
public sealed class LlamaSnapshotTests
{
    private static readonly Lazy<Generated> llama = new(static () =>
        Generated.From([File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Declared", "Llama.cs"))], "QLoraGen.Models"));

    [Fact]
    public void Both_halves_compile_without_an_error_or_a_warning() => llama.Value.Compiles();

    [Fact]
    public void One_file_a_class_and_the_index() => Assert.Equal(
        [
            "Architectures.g.cs", "QLoraGen.Models.Llama.g.cs", "QLoraGen.Models.LlamaAttention.g.cs", "QLoraGen.Models.LlamaBlock.g.cs",
            "QLoraGen.Models.LlamaMlp.g.cs", "QLoraGen.Models.LlamaModel.g.cs",
        ],
        llama.Value.Files.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public Task Every_generated_file() =>
        Task.WhenAll(llama.Value.Files.Select(file => Snapshot.Match(file.Value, "cs", Path.GetFileNameWithoutExtension(file.Key))));
}

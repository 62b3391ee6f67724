using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>The index of a project's models.</summary>
public sealed class ArchitecturesTests
{
    [Fact]
    public void Models_are_sorted_by_their_type_whatever_the_order_of_files()
    {
        string[] sources =
        [
            Declare.Model("""Model("qwen")""", "Qwen"),
            Declare.Model("""Model("Llama")""", "Llama"),
            Declare.Model("""Model("gemma")""", "Gemma"),
        ];
        string index = Generated.From(sources).Compiles()["Architectures"];
        Assert.Contains("= [Llama.ModelType, Gemma.ModelType, Qwen.ModelType];", index, StringComparison.Ordinal);
        Assert.Equal(index, Generated.From([.. sources.Reverse()]).Compiles()["Architectures"]);
    }

    [Fact]
    public void Modules_alone_need_no_index() =>
        Assert.DoesNotContain("Architectures.g.cs", Generated.From(Declare.Part("")).Compiles().Files.Keys);

    [Fact]
    public void A_model_in_the_global_namespace_is_generated_there_and_found()
    {
        Generated generated = Generated.From([Declare.Model("""Model("tiny")""", space: null)]).Compiles();
        Assert.DoesNotContain("namespace", generated["Tiny"], StringComparison.Ordinal);
        Assert.Contains("new global::Tiny(config.Read<global::TinyConfig>())", generated["Architectures"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_in_the_global_namespace_is_not_mistaken_for_a_namesake()
    {
        string[] sources = [Declare.Model("""Model("one")""", space: null), Declare.Model("""Model("two")""", space: "Declared.Models")];
        string index = Generated.From(sources).Compiles()["Architectures"];
        Assert.Contains("global::Tiny.ModelType => new global::Tiny(", index, StringComparison.Ordinal);
        Assert.Contains(" Tiny.ModelType => new Tiny(config.Read<TinyConfig>())", index, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_outside_the_root_namespace_is_written_in_full_with_its_config()
    {
        string index = Generated.From([Declare.Model("""Model("tiny")""", space: "Elsewhere.Models")]).Compiles()["Architectures"];
        Assert.Contains(
            "new global::Elsewhere.Models.Tiny(config.Read<global::Elsewhere.Models.TinyConfig>())", index, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("My.App", "My.App")]
    [InlineData("my-app.2nd part.class", "my_app._2nd_part.@class")]
    [InlineData("", "Declared.Models")]
    [InlineData(null, "Declared.Models")]
    public void The_index_stands_in_the_root_namespace_or_that_of_the_assembly(string? rootNamespace, string expected)
    {
        string index = Generated.From([Declare.Model("""Model("tiny")""")], rootNamespace).Compiles()["Architectures"];
        Assert.Contains($"\nnamespace {expected};\n", index, StringComparison.Ordinal);
    }
}

using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>Classes declared inside other types.</summary>
public sealed class NestedClassTests
{
    [Theory]
    [InlineData("static partial class", "partial class Outer")]
    [InlineData("partial struct", "partial struct Outer")]
    [InlineData("partial record", "partial record Outer")]
    [InlineData("partial interface", "partial interface Outer")]
    public void The_types_around_a_class_are_extended_too(string outer, string expected)
    {
        Generated generated = Generated.From(Declare.Source($$"""
            namespace Declared.Models;

            public {{outer}} Outer
            {
                [Module]
                public sealed partial class Part(int width) : Module
                {
                    public partial Linear Proj { get; } = new(width, width);
                }
            }
            """)).Compiles();
        Assert.Contains($"\n{expected}\n{{\n", generated["Declared.Models.Outer.Part"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public", true)]
    [InlineData("private", false)]
    public void A_nested_model_is_in_the_index_where_it_can_be_named(string accessibility, bool expected)
    {
        string model = Declare.Model("""Model("tiny")""", space: null);
        string source = model.Replace("[Model", "public partial class Outer { [Model", StringComparison.Ordinal)
            .Replace("public sealed partial class Tiny", $"{accessibility} sealed partial class Tiny", StringComparison.Ordinal) + "}";
        Generated generated = Generated.From([source]).Compiles();
        Assert.Equal(expected, generated.Files.ContainsKey("Architectures.g.cs"));
    }
}

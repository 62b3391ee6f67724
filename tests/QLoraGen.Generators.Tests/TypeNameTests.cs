using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>How the types of properties are written, so that they mean the same in the generated file.</summary>
public sealed class TypeNameTests
{
    private const string Elsewhere = """
        namespace Elsewhere.Parts;

        [Module]
        public sealed partial class Inner : Module;
        """;

    [Theory]
    [InlineData("Elsewhere.Parts.Inner", "global::Elsewhere.Parts.Inner")]
    [InlineData("Elsewhere.Parts.Inner?", "global::Elsewhere.Parts.Inner?")]
    [InlineData("ModuleList<Elsewhere.Parts.Inner>", "ModuleList<global::Elsewhere.Parts.Inner>")]
    [InlineData("ModuleList<Part>?", "ModuleList<Part>?")]
    [InlineData("QLoraGen.Linear?", "Linear?")]
    public void A_type_is_short_where_it_can_be_seen_and_in_full_elsewhere(string declared, string written)
    {
        string part = Generated.From([Declare.Part($"public partial {declared} Inner {{ get; }} = null!;"), Declare.Source(Elsewhere)])
            .Compiles()["Declared.Models.Part"];
        Assert.Contains($"public partial {written} Inner {{ get => field; }}", part, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_of_an_enclosing_namespace_is_written_in_full()
    {
        string part = Generated.From([Declare.Part("public partial Outer Inner { get; } = new();"), Declare.Source("""
            namespace Declared;

            [Module]
            public sealed partial class Outer : Module;
            """)]).Compiles()["Declared.Models.Part"];
        Assert.Contains("public partial global::Declared.Outer Inner { get => field; }", part, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Declared.Models", "global::QLoraGen.Linear")]
    [InlineData("Declared", "Linear")]
    [InlineData("Linear", "Linear")]
    public void A_runtime_type_is_told_from_its_namesakes(string space, string written)
    {
        string part = Generated.From([Declare.Part("public partial QLoraGen.Linear Proj { get; } = new(width, width);"), $"""
            namespace {space};

            public sealed class Linear;
            """]).Compiles()["Declared.Models.Part"];
        Assert.Contains($"public partial {written} Proj {{ get => field; }}", part, StringComparison.Ordinal);
    }

    [Fact]
    public void Global_usings_do_not_make_the_runtime_ambiguous() =>
        Generated.From(
            [Declare.Part("public partial QLoraGen.Linear Proj { get; } = new(width, width);"), "global using TorchSharp.Modules;"]).Compiles();

    [Fact]
    public void A_nested_type_is_written_in_full()
    {
        string part = Generated.From(Declare.Part("""
            public partial Holder.Custom Proj { get; } = new();

                public static class Holder
                {
                    public sealed class Custom : Layer;
                }
            """)).Compiles()["Declared.Models.Part"];
        Assert.Contains("public partial global::Declared.Models.Part.Holder.Custom Proj { get => field; }", part, StringComparison.Ordinal);
    }
}

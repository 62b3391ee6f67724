using QLoraGen.Generators.Tests.Running;

namespace QLoraGen.Generators.Tests;

/// <summary>How one property is wired.</summary>
public sealed class MemberTests
{
    [Fact]
    public void A_key_replaces_the_snake_case_name_everywhere()
    {
        string part = Generate("""[Key("wq")] public partial Linear QueryProjection { get; } = new(width, width);""");
        Contains("register_module(\"wq\", QueryProjection);", part);
        Contains("layout.Quantized(\"wq.weight\", QueryProjection.Weight);", part);
        Contains("checkpoint.Load(\"wq.weight\", QueryProjection.Weight);", part);
        Contains("targets.Linear(\"wq\", QueryProjection);", part);
        Assert.DoesNotContain("query_projection", part, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""a\"b""")]
    [InlineData("""a\\b""")]
    [InlineData("""a\nb""")]
    [InlineData("""a\u2028b""")]
    [InlineData("""{width}""")]
    public void A_key_with_odd_characters_stays_one_string(string literal)
    {
        string part = Generate($$"""[Key("{{literal}}")] public partial Linear Proj { get; } = new(width, width);""");
        Contains($"register_module(\"{literal}\", Proj);", part);
        Contains($"layout.Quantized(\"{literal}.weight\", Proj.Weight);", part);
        Contains($"checkpoint.Load(\"{literal}.weight\", Proj.Weight);", part);
        Contains($"targets.Linear(\"{literal}\", Proj);", part);
    }

    [Fact]
    public void A_key_with_odd_characters_on_a_module_stays_one_string()
    {
        string part = Generate("""[Key("a\"b")] public partial Part? Inner { get; } = null;""");
        Contains("layout.Module(\"a\\\"b\", Inner);", part);
        Contains("checkpoint.Module(\"a\\\"b\", Inner);", part);
        Contains("targets.Module(\"a\\\"b\", Inner);", part);
    }

    [Fact]
    public void An_optional_layer_is_guarded_in_all_four_methods()
    {
        string part = Generate("public partial Linear? Proj { get; } = asked ? new(width, width) : null;");
        Contains("public partial Linear? Proj { get => field; }", part);
        Assert.Equal(4, part.Split("if (Proj is not null)").Length - 1);
    }

    [Fact]
    public void A_layer_that_is_always_there_is_not_guarded() =>
        Assert.DoesNotContain("if (", Generate("public partial Linear Proj { get; } = new(width, width);"), StringComparison.Ordinal);

    [Fact]
    public void Full_precision_is_dense_and_no_default_target()
    {
        string part = Generate("[FullPrecision] public partial Linear Proj { get; } = new(width, width);");
        Contains("layout.Dense(\"proj.weight\", Proj.Weight);", part);
        Contains("targets.FullPrecision(\"proj\", Proj);", part);
        Assert.DoesNotContain("layout.Quantized", part, StringComparison.Ordinal);
        Assert.DoesNotContain("targets.Linear", part, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new(width, width)", false)]
    [InlineData("new(width, width, bias: false)", false)]
    [InlineData("new(width, width, bias: true)", true)]
    [InlineData("new(width, width, asked)", true)]
    [InlineData("new(bias: asked, inFeatures: width, outFeatures: width)", true)]
    [InlineData("Make(width)", true)]
    public void A_bias_is_wired_only_where_the_declaration_may_ask_for_it(string initializer, bool wired)
    {
        string part = Generate($$"""
            public partial Linear Proj { get; } = {{initializer}};
                private static Linear Make(int size) => new(size, size, bias: true);
            """);
        Assert.Equal(wired, part.Contains("layout.Dense(\"proj.bias\", Proj.Bias);", StringComparison.Ordinal));
        Assert.Equal(wired, part.Contains("checkpoint.Load(\"proj.bias\", Proj.Bias);", StringComparison.Ordinal));
    }

    [Fact]
    public void A_shape_is_written_in_the_words_of_the_declaration_by_name_not_by_position() =>
        Contains("Proj.Weight);   // [width * 2, width]",
            Generate("public partial Linear Proj { get; } = new(outFeatures: width * 2, inFeatures: width);"));

    [Fact]
    public void A_shape_over_several_lines_and_comments_stays_one_line()
    {
        string part = Generate("""
            public partial Linear Proj { get; } = new(
                    width,
                    width   // the query heads
                        + /* and the key heads */ 2 * width);
            """);
        Contains("layout.Quantized(\"proj.weight\", Proj.Weight);   // [width + 2 * width, width]\n", part);
    }

    [Fact]
    public void A_shape_that_cannot_be_read_is_left_out()
    {
        string part = Generate("public partial Linear Proj { get; } = asked ? new(width, 1) : new(width, 2);");
        Contains("layout.Quantized(\"proj.weight\", Proj.Weight);\n", part);
    }

    [Fact]
    public void Norms_and_embeddings_are_dense_and_listed_as_what_adapters_cannot_train()
    {
        string part = Generate("""
            public partial RMSNorm Norm { get; } = new(width, 1e-5);
                public partial Embedding EmbedTokens { get; } = new(10, width);
            """);
        Contains("layout.Dense(\"norm.weight\", Norm.Weight);   // [width]", part);
        Contains("layout.Dense(\"embed_tokens.weight\", EmbedTokens.Weight);   // [10, width]", part);
        Contains("targets.Other(\"norm\", Norm);", part);
        Contains("targets.Other(\"embed_tokens\", EmbedTokens);", part);
    }

    [Fact]
    public void Both_parts_repeat_the_modifiers() =>
        Contains("internal partial Linear Proj { get => field; }", Generate("internal partial Linear Proj { get; } = new(width, width);"));

    [Fact]
    public void A_property_that_is_a_keyword_is_escaped()
    {
        string part = Generate("public partial Linear @base { get; } = new(width, width);");
        Contains("register_module(\"base\", @base);", part);
        Contains("layout.Quantized(\"base.weight\", @base.Weight);", part);
    }

    [Fact]
    public void What_is_no_layer_is_not_wired()
    {
        string part = Generate("""
            public partial int Heads { get; }
                public partial int Heads => 4;
                public Linear Plain { get; } = new(width, width);
            """);
        Assert.DoesNotContain("Heads", part, StringComparison.Ordinal);
        Assert.DoesNotContain("Plain", part, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_that_a_layer_inherits_are_wired_before_its_own()
    {
        string part = Generated.From([Declare.Part("public partial Scaled Proj { get; } = new(width);"), Declare.Source("""
            namespace Declared.Models;

            public abstract class Holder : Layer
            {
                protected Holder(int size) => Weight = new FrozenTensor(this, "weight", size);

                public FrozenTensor Weight { get; }
            }

            public sealed class Scaled : Holder
            {
                public Scaled(int size) : base(size) => Scale = new FrozenTensor(this, "scale", size);

                public FrozenTensor Scale { get; }
            }
            """)]).Compiles()["Declared.Models.Part"];
        Contains("layout.Dense(\"proj.weight\", Proj.Weight);\n        layout.Dense(\"proj.scale\", Proj.Scale);\n", part);
    }

    [Fact]
    public void Properties_in_another_file_than_the_attribute_are_wired()
    {
        string part = Generated.From([Declare.Part("public partial Linear First { get; } = new(width, width);"), Declare.Source("""
            namespace Declared.Models;

            public sealed partial class Part
            {
                public partial Linear? Second { get; } = Environment.ProcessorCount > 1 ? new(2, 3) : null;
            }
            """)]).Compiles()["Declared.Models.Part"];
        Contains("register_module(\"first\", First);", part);
        Contains("layout.Quantized(\"second.weight\", Second.Weight);   // [3, 2]", part);
    }

    private static string Generate(string members) => Generated.From(Declare.Part(members)).Compiles()["Declared.Models.Part"];

    private static void Contains(string expected, string actual) => Assert.Contains(expected, actual, StringComparison.Ordinal);
}

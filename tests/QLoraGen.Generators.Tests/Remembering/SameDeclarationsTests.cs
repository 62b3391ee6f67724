using Microsoft.CodeAnalysis.CSharp;
using QLoraGen.Generators.Remembering;

namespace QLoraGen.Generators.Tests.Remembering;

/// <summary>Which edits of a file declare something else.</summary>
public sealed class SameDeclarationsTests
{
    private const string File = """
        using System.Text;

        namespace Some;

        public sealed class Some(int width)
        {
            private const int Heads = 8;

            public int Width { get; } = width * Heads;
            public int Half => Width / 2;
            public int Twice { get { return 2 * Width; } }

            public Some() : this(1)
            {
            }

            public int Add(int x)
            {
                return x + Width;
            }

            public int Less(int x) => Width - x;

            public static Some operator +(Some a, Some b) => new(a.Width + b.Width);
        }
        """;

    [Theory]
    [InlineData("return x + Width;", "return Width + x; // and nothing else")]
    [InlineData("return x + Width;", "int Local() => 1; return Local();")]
    [InlineData("=> Width - x;", "=> x - Width;")]
    [InlineData("return 2 * Width;", "return Width + Width;")]
    [InlineData("new(a.Width + b.Width)", "a")]
    [InlineData("return x + Width;", "}")]
    [InlineData("return x + Width;", "if (x > 0) { return x;")]   // half typed: the parser sees where the next member begins
    [InlineData("    public Some()", "    /* made */ public Some()")]
    [InlineData("    public int Add(", "    // adds\n    public int Add(")]
    [InlineData("width * Heads", "width  *  Heads")]
    public void Bodies_comments_and_blanks_declare_nothing(string from, string to) => Assert.True(Same(from, to));

    [Theory]
    [InlineData("Heads = 8", "Heads = 16")]
    [InlineData("width * Heads", "width")]
    [InlineData("width * Heads", "width*Heads")]
    [InlineData("Width / 2", "Width / 4")]
    [InlineData("int Less(int x)", "int Less(long x)")]
    [InlineData("int Less(int x)", "int Fewer(int x)")]
    [InlineData(" : this(1)", " : this(2)")]
    [InlineData("sealed class", "class")]
    [InlineData("using System.Text;", "using System.Linq;")]
    [InlineData("namespace Some;", "namespace Other;")]
    [InlineData("public int Half => Width / 2;", "")]
    [InlineData("=> Width - x;", "{ return Width - x; }")]
    [InlineData("return x + Width;", "#nullable disable\nreturn x + Width;")]
    [InlineData("namespace Some;", "#nullable disable\nnamespace Some;")]
    public void What_a_size_or_a_name_can_depend_on_does(string from, string to) => Assert.False(Same(from, to));

    [Theory]
    [InlineData("int x = 1;", "int x = 2;\nint y = 3;")]
    [InlineData("Run(); void Run() { }", "Run();")]
    public void Statements_of_a_program_declare_nothing(string before, string after) =>
        Assert.True(SameDeclarations.In(Parse($"{before}\npublic class Some;"), Parse($"{after}\npublic class Some;")));

    [Fact]
    public void The_same_text_for_another_language_version_does() =>
        Assert.False(SameDeclarations.In(Parse(File), CSharpSyntaxTree.ParseText(File, Project.Parsing.WithLanguageVersion(LanguageVersion.CSharp13))));

    private static bool Same(string from, string to)
    {
        Assert.Contains(from, File, StringComparison.Ordinal);
        return SameDeclarations.In(Parse(File), Parse(File.Replace(from, to, StringComparison.Ordinal)));
    }

    private static Microsoft.CodeAnalysis.SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Project.Parsing);
}

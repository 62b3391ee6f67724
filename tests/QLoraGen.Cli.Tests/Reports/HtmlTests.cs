using QLoraGen.Cli.Reports;

namespace QLoraGen.Cli.Tests.Reports;

/// <summary>What is interpolated is text, unless it was made as markup.</summary>
public sealed class HtmlTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;")]
    [InlineData("\" onload='x' & <", "&quot; onload=&#39;x&#39; &amp; &lt;")]
    [InlineData("a\tb\nc", "a\tb\nc")]
    [InlineData("a\0b\u001Bc\r\u0085", "a\uFFFDb\uFFFDc\uFFFD\uFFFD")]
    [InlineData("日本 😀", "日本 😀")]
    [InlineData(null, "")]
    public void Text_is_escaped(string? text, string escaped)
    {
        Html piece = $"<p title=\"{text}\">{text}</p>";
        Assert.Equal($"<p title=\"{escaped}\">{escaped}</p>", piece.ToString());
    }

    [Fact]
    public void Pieces_are_markup_alone_and_in_rows()
    {
        Html bold = $"<b>{"&"}</b>";
        Html row = $"<p>{bold}{(Html[])[bold, bold]}</p>";
        Assert.Equal("<p><b>&amp;</b><b>&amp;</b><b>&amp;</b></p>", row.ToString());
    }

    [Fact]
    public void Numbers_are_written_alike_everywhere()
    {
        Html piece = $"{1234.5:N1} {0.5}";
        Assert.Equal("1,234.5 0.5", piece.ToString());
    }
}

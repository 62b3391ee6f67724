namespace QLoraGen.Tests.Templates;

/// <summary>Templates come from strangers: none of them ends the process, fills the memory or runs forever.</summary>
public sealed class TemplateLimitTests
{
    [Theory]
    [InlineData("{{ range(200000) }}", "is too long")]
    [InlineData("{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}", "may never end")]
    [InlineData("{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "is too long")]
    [InlineData("{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "is too long")]
    [InlineData("{{ 'ab' * 99999999999 }}", "is too long")]
    [InlineData("{{ [1] * 99999999999 }}", "is too long")]
    [InlineData("{{ 'aaaa'|replace('a', 'b' * 15000000) }}", "is too long")]
    [InlineData("{% for i in range(99) %}{{ 'x' * 1000000 }}{% endfor %}", "the text grows past")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "more than 200 deep")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}", "nests too deep")]
    [InlineData("{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}", "nests too deep")]
    public void A_template_that_would_use_up_the_machine_ends_in_an_error(string template, string why) => Assert.Contains(why, Render.Error(template));

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("not ", "1", "")]
    [InlineData("-", "1", "")]
    [InlineData("", "1", " + 1")]
    [InlineData("", "s", ".x")]
    [InlineData("", "s", "|trim")]
    [InlineData("", "s", " if t else 1")]
    public void An_expression_that_nests_too_deep_ends_in_an_error(string open, string core, string close)
    {
        string deep = string.Concat(Enumerable.Repeat(open, 100_000)) + core + string.Concat(Enumerable.Repeat(close, 100_000));
        string message = "";
        Thread thread = new(() => message = Render.Error($"{{{{ {deep} }}}}"), maxStackSize: 1 << 20);   // alike on every machine
        thread.Start();
        thread.Join();
        Assert.Contains("nests too deep", message);
    }

    [Fact]
    public void Blocks_that_nest_too_deep_end_in_an_error() =>
        Assert.Contains("nests too deep", Render.Error(string.Concat(Enumerable.Repeat("{% if t %}", 100_000))));

    [Fact]
    public void A_long_text_with_many_replacements_is_no_trouble()
    {
        string text = Render.Text("{{ ('ab\\n' * 300000)|replace('\\n', '')|length }} {{ ('a ' * 300000).split()|length }}");
        Assert.Equal("600000 300000", text);
    }
}

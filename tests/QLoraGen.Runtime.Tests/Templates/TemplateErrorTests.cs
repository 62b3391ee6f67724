namespace QLoraGen.Tests.Templates;

public sealed class TemplateErrorTests
{
    [Theory]
    [InlineData("a\n{{ missing.x }}", 2, "'missing' is undefined")]
    [InlineData("{{ d.zz.y }}", 1, "a dictionary has no 'zz'")]
    [InlineData("{% for m in ms %}\n{{ m.content + m.zz }}\n{% endfor %}", 2, "a dictionary has no 'zz'")]
    [InlineData("{{ 'a' + 1 }}", 1, "'+' does not work on a text and a whole number")]
    [InlineData("{{ 'a' < 1 }}", 1, "a text and a whole number cannot be compared")]
    [InlineData("\n\n{{ raise_exception('roles must alternate') }}", 3, "the template refuses this conversation: roles must alternate")]
    [InlineData("{{ s() }}", 1, "a text cannot be called")]
    [InlineData("{{ 1 // 0 }}", 1, "division by zero")]
    [InlineData("{{ 2 ** 200 }}", 1, "a whole number grows past 64 bits")]
    [InlineData("{{ a.append(1) }}", 1, "'append' would change a list")]
    [InlineData("{{ d.update({}) }}", 1, "'update' would change a dictionary")]
    [InlineData("{% set d.a = 2 %}", 1, "'d' is a dictionary; only a namespace's members can be set")]
    [InlineData("{% set a, b = [1, 2, 3] %}", 1, "3 items cannot be given to the 2 names a, b")]
    [InlineData("{% macro m(x) %}{% endmacro %}{{ m(1, 2) }}", 1, "the macro 'm' takes at most 1 arguments")]
    [InlineData("{{ s.zfill(3) }}", 1, "the method 'zfill' of texts is not supported")]
    [InlineData("{{ strftime_now('%Q') }}", 1, "'%Q' is not supported in a time")]
    [InlineData("{% macro m() %}{% generation %}x{% endgeneration %}{% endmacro %}{{ m() }}", 1, "a generation block in a macro")]
    public void What_cannot_be_rendered_is_named_with_its_line(string template, int line, string why) =>
        Assert.StartsWith($"chat_template.jinja: line {line}: {why}", Render.Error(template));

    [Theory]
    [InlineData("x\n{% foo %}", 2, "the statement 'foo' is not supported")]
    [InlineData("{% include 'x' %}", 1, "the statement 'include' is not supported")]
    [InlineData("{% if t %}\n", 1, "the template ends where 'elif' or 'else' or 'endif' is expected")]
    [InlineData("{% endif %}", 1, "'endif' ends nothing that was begun")]
    [InlineData("{{ 1 + }}", 1, "expected a value, found '}}'")]
    [InlineData("{{ a b }}", 1, "expected '}}', found 'b'")]
    [InlineData("{{ 'abc }}", 1, "a string is not closed by '")]
    [InlineData("\n{{ a", 2, "a tag is not closed by '}}'")]
    [InlineData("{# a", 1, "a comment is not closed")]
    [InlineData("{% raw %}", 1, "'raw' is not closed")]
    [InlineData("{{ s|nope }}", 1, "there is no filter 'nope'")]
    [InlineData("{{ s is nope }}", 1, "there is no test 'nope'")]
    [InlineData("{% break %}", 1, "'break' stands in no loop")]
    [InlineData("{% for x in a recursive %}{% endfor %}", 1, "a recursive loop is not supported")]
    [InlineData("{{ m(*a) }}", 1, "arguments with a star are not supported")]
    [InlineData("{{ 99999999999999999999 }}", 1, "the number 99999999999999999999 is too large")]
    [InlineData("{{ a $ b }}", 1, "the character '$' has no meaning")]
    public void What_cannot_be_read_is_named_with_its_line(string template, int line, string why) =>
        Assert.Contains($"chat_template.jinja: line {line}: {why}", Assert.Throws<QLoraException>(() => Render.Parse(template)).Message);
}

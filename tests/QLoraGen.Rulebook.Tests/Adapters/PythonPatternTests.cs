namespace QLoraGen.Rulebook.Tests.Adapters;

/// <summary>A pattern means what Python's re.fullmatch makes of it.</summary>
public sealed class PythonPatternTests
{
    [Theory]
    [InlineData(@".*\.q_proj", "model.layers.0.q_proj", true)]
    [InlineData(@".*\.q_proj", "model.layers.0.q_proj.x", false)]
    [InlineData(@"q|model\.q_proj", "model.q_proj", true)]
    [InlineData(@"(?P<part>q|k)_proj", "q_proj", true)]
    [InlineData(@"(?P<d>\d)\.(?P=d)", "3.3", true)]
    [InlineData(@"(?P<d>\d)\.(?P=d)", "3.4", false)]
    [InlineData(@"layers\.\d{,2}\.q", "layers.12.q", true)]
    [InlineData(@"layers\.\d{,2}\.q", "layers.123.q", false)]
    [InlineData(@"q_proj\Z", "q_proj", true)]
    [InlineData(@"[a-z-[q]_proj", "q_proj", true)]   // a difference of sets to .NET, and not closed
    [InlineData(@"[]q]_proj", "q_proj", true)]
    [InlineData(@"[^]q]_proj", "k_proj", true)]
    [InlineData(@"[^]q]_proj", "q_proj", false)]
    [InlineData(@"(?i)Q_PROJ", "q_proj", true)]
    [InlineData(@"(?!model)\w+", "head", true)]
    [InlineData(@"(?<=x)", "", false)]
    public void Matched_as_a_whole(string pattern, string path, bool matches)
    {
        Assert.True(LayerNames.IsPattern(pattern));
        Assert.Equal(matches, LayerNames.MatchesWhole(pattern, path));
    }

    [Theory]
    [InlineData(@"(?<part>q)_proj")]
    [InlineData(@"(?'part'q)_proj")]
    [InlineData(@"\p{L}_proj")]
    [InlineData(@"(?P>x)")]
    [InlineData(@"(q")]
    public void What_is_none_to_Python_is_refused(string pattern) => Assert.False(LayerNames.IsPattern(pattern));

    [Theory]
    [InlineData("norm", "model.layers.0.input_layernorm", true)]
    [InlineData("mlp", "model.layers.0.mlp.up_proj", true)]
    [InlineData("layers.1", "model.layers.0.mlp.up_proj", false)]
    [InlineData("layers.1", "model.layers.*.mlp.up_proj", true)]
    [InlineData("up", "model.layers.0.mlp.up_proj", false)]
    [InlineData("lm_head", "lm_head", true)]
    [InlineData("", "lm_head", false)]
    public void A_module_that_is_saved_is_named_by_the_end_of_its_path(string name, string path, bool matches) =>
        Assert.Equal(matches, LayerNames.MatchesModule(name, path));
}

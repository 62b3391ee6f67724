namespace QLoraGen.Rulebook.Tests.Adapters;

/// <summary>Each reason in its words, and that a layer without one trains.</summary>
public sealed class WhyFrozenTests
{
    private static readonly TargetLayer Up = new("layers.0.up", IsLinear: true, FullPrecision: false, 32, 64);
    private static readonly TargetLayer Head = new("head", IsLinear: true, FullPrecision: true, 32, 64);
    private static readonly TargetLayer Norm = new("norm", IsLinear: false, FullPrecision: false, null, null);
    private static readonly LoraConfig All = new();

    [Fact]
    public void Of_layers_that_no_config_names()
    {
        Assert.Null(WhyFrozen.Of(All, Up));
        Assert.Equal("[FullPrecision]", WhyFrozen.Of(All, Head));
        Assert.Equal("not linear", WhyFrozen.Of(All, Norm));
        Assert.Equal("the class has no [LoRA]", WhyFrozen.Of(null, Up));
        Assert.Equal("not linear", WhyFrozen.Of(null, Norm));
    }

    [Fact]
    public void Of_layers_that_a_config_names()
    {
        Assert.Null(WhyFrozen.Of(All with { TargetModules = ["head"] }, Head));
        Assert.Equal("not among the targets", WhyFrozen.Of(All with { TargetModules = ["up"] }, Head));
        Assert.Equal("not among the targets", WhyFrozen.Of(All with { TargetPattern = "head" }, Up));
        Assert.Equal("excluded", WhyFrozen.Of(All with { ExcludeModules = ["0.up"] }, Up));
        Assert.Equal("excluded", WhyFrozen.Of(All with { TargetModules = ["up"], ExcludePattern = ".*up" }, Up));
        Assert.Equal("not among the targets", WhyFrozen.Of(All with { TargetModules = ["up"], ExcludeModules = ["head"] }, Head));
    }

    [Fact]
    public void A_layer_s_own_rank_and_alpha_count()
    {
        LoraConfig config = All with { RankPattern = [new("up", 2)], AlphaPattern = [new("up", 3)] };
        Assert.Equal((2, 3.0, 1.5, 2 * (32 + 64)), (config.RankOf(Up.Path), config.AlphaOf(Up.Path), config.ScaleOf(Up.Path), config.ValuesOf(Up)));
        Assert.Equal(3 / Math.Sqrt(2), (config with { UseRslora = true }).ScaleOf(Up.Path));
    }
}

using QLoraGen.Cli.Reports.Charts;

namespace QLoraGen.Cli.Tests.Reports.Charts;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0.0016, 4.38, "0 1 2 3 4 5")]
    [InlineData(1, 250, "0 50 100 150 200 250")]
    [InlineData(1.61, 1.79, "1.60 1.65 1.70 1.75 1.80")]
    [InlineData(0, 4e-3, "0 1e-3 2e-3 3e-3 4e-3")]
    [InlineData(0, 3_000_000, "0 1e6 2e6 3e6")]
    [InlineData(-3, 1200, "-500 0 500 1,000 1,500")]
    public void It_goes_from_a_round_number_to_a_round_number(double low, double high, string labels)
    {
        var axis = Axis.Of([high, low], 5);
        Assert.Equal(labels, string.Join(' ', axis.Ticks.Select(axis.Label)));
        Assert.InRange(axis.At(low), 0, 1);
        Assert.InRange(axis.At(high), axis.At(low), 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2.5)]
    [InlineData(-1e-7)]
    public void Where_all_values_are_one_it_is_in_the_middle(double only)
    {
        var axis = Axis.Of([only, only], 5);
        Assert.InRange(axis.At(only), 0.3, 0.7);
    }

    [Fact]
    public void Without_values_there_is_an_axis_all_the_same() => Assert.Equal((0, 1), (Axis.Of([], 5).Low, Axis.Of([], 5).High));
}

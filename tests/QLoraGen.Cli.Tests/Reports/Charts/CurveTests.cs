using QLoraGen.Cli.Reports.Charts;

namespace QLoraGen.Cli.Tests.Reports.Charts;

public sealed class CurveTests
{
    [Fact]
    public void A_long_curve_keeps_its_ends_and_its_mean_in_fewer_points()
    {
        Curve reduced = Of(10_000, static x => x).Reduced();
        Assert.Equal(500, reduced.Points.Count);
        Assert.InRange(reduced.Points[0].X, 0, 20);
        Assert.InRange(reduced.Points[^1].X, 9_979, 9_999);
        Assert.Equal(4_999.5, reduced.Points.Average(static spot => spot.Y), 1e-6);
    }

    [Fact]
    public void A_short_curve_stays_as_it_is()
    {
        Curve curve = Of(20, static x => x);
        Assert.Same(curve, curve.Reduced());
        Assert.Same(curve, Assert.Single(curve.WithTrend()));
    }

    [Fact]
    public void The_trend_of_a_line_is_the_line_and_noise_around_it_is_gone()
    {
        Curve[] line = [.. Of(400, static x => 3 * x).WithTrend()];
        Assert.Equal([CurveLook.Faint, CurveLook.Line], line.Select(static curve => curve.Look));
        Assert.All(line[1].Points, static spot => Assert.Equal(3 * spot.X, spot.Y, 1e-9));

        Curve trend = Of(400, static x => x % 2 == 0 ? 1 : -1).WithTrend().Last();
        Assert.All(trend.Points.Skip(10).SkipLast(10), static spot => Assert.InRange(spot.Y, -0.1, 0.1));
    }

    private static Curve Of(int count, Func<int, double> value) =>
        new("loss", CurveLook.Line, [.. Enumerable.Range(0, count).Select(x => new Spot(x, value(x)))]);
}

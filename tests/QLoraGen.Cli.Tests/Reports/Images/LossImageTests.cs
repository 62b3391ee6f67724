using QLoraGen.Cli.Reports.Charts;
using QLoraGen.Cli.Reports.Images;

namespace QLoraGen.Cli.Tests.Reports.Images;

public sealed class LossImageTests
{
    [Fact]
    public void A_falling_loss_goes_from_the_upper_left_to_the_lower_right()
    {
        PngPicture picture = Draw(new Curve("training loss", CurveLook.Line, [.. Enumerable.Range(0, 40).Select(static x => new Spot(x, 4 - (x / 10.0)))]));
        (int x, int y)[] blue = [.. Below(picture).Where(at => picture[at.X, at.Y] is { Blue: > 200, Red: < 80 })];
        Assert.InRange(blue.First().y, 48, 60);
        Assert.InRange(blue.Last().y, 400, 440);
        // Every column between its ends has a piece of it, and lower ones are further to the right.
        double[] middles = [.. blue.GroupBy(static at => at.x).OrderBy(static column => column.Key).Select(static column => column.Average(static at => at.y))];
        Assert.InRange(middles.Length, 800, 840);
        Assert.All(middles.Zip(middles.Skip(1)), static pair => Assert.True(pair.First <= pair.Second + 1));
    }

    [Fact]
    public void What_was_held_out_has_dots_of_another_color()
    {
        PngPicture picture = Draw(new Curve("held-out loss", CurveLook.Dots, [new Spot(0, 3), new Spot(50, 2), new Spot(100, 1)]));
        Assert.InRange(Below(picture).Count(at => picture[at.X, at.Y] == (217, 72, 15)), 3 * 40, 2000);
    }

    [Fact]
    public void Of_nothing_there_are_the_axes()
    {
        PngPicture picture = Draw();
        Assert.Contains(Below(picture), at => picture[at.X, at.Y] == (223, 227, 232));
    }

    private static PngPicture Draw(params Curve[] curves) => new(LossImage.Draw(curves));

    // Without the legend.
    private static IEnumerable<(int X, int Y)> Below(PngPicture picture) =>
        from y in Enumerable.Range(40, picture.Height - 40) from x in Enumerable.Range(0, picture.Width) select (x, y);
}

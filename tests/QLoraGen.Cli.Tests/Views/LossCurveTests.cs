using QLoraGen.Cli.Views;

namespace QLoraGen.Cli.Tests.Views;

public sealed class LossCurveTests
{
    [Fact]
    public void It_goes_from_the_upper_left_to_the_lower_right_as_the_values_fall()
    {
        IReadOnlyList<string> curve = LossCurve.Draw([4, 3, 2, 1], width: 2, height: 1);
        Assert.Equal([0x01 | 0x10, 0x04 | 0x80], Dots(curve[0]));
    }

    [Fact]
    public void More_values_than_fit_are_averaged_and_fewer_leave_the_rest_empty()
    {
        IReadOnlyList<string> curve = LossCurve.Draw([.. Enumerable.Range(0, 1000).Select(static i => i < 500 ? 2.0 : 1.0)], width: 4, height: 2);
        Assert.Equal([0x09, 0x09, 0, 0], Dots(curve[0])[..4].Select(static dots => dots & 0x09));
        Assert.Equal([0xC0, 0xC0], Dots(curve[1])[2..].Select(static dots => dots & 0xC0));
        Assert.Equal([0, 0], Dots(LossCurve.Draw([2, 1], width: 3, height: 1)[0])[1..]);
    }

    [Fact]
    public void Nothing_and_a_flat_line_can_be_drawn()
    {
        Assert.Equal(["⠀⠀"], LossCurve.Draw([], width: 2, height: 1));
        Assert.Equal([0xC0], Dots(LossCurve.Draw([5, 5], width: 1, height: 1)[0]));
    }

    private static int[] Dots(string line) => [.. line.Select(static character => character - 0x2800)];
}

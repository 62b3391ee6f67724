using QLoraGen.Cli.Reports.Charts;
using QLoraGen.Cli.Reports.Images;

namespace QLoraGen.Cli.Tests.Reports.Images;

public sealed class CanvasTests
{
    private static readonly Rgb black = new(0, 0, 0);

    [Fact]
    public void A_line_along_a_row_of_pixels_covers_that_row_alone()
    {
        var canvas = new Canvas(20, 9);
        canvas.Line([new Spot(2.5, 4.5), new Spot(10.5, 4.5)], 1, new Rgb(200, 10, 30));
        PngPicture picture = Read(canvas);
        Assert.Equal((20, 9), (picture.Width, picture.Height));
        Assert.All(Enumerable.Range(2, 9), x => Assert.Equal((200, 10, 30), picture[x, 4]));
        Assert.All(Enumerable.Range(0, 20), x => Assert.Equal([(255, 255, 255), (255, 255, 255)], (IEnumerable<(byte, byte, byte)>)[picture[x, 3], picture[x, 5]]));
        Assert.Equal((255, 255, 255), picture[12, 4]);
    }

    [Fact]
    public void Between_two_rows_it_covers_half_of_each()
    {
        var canvas = new Canvas(20, 9);
        canvas.Line([new Spot(2, 4), new Spot(18, 4)], 1, black);
        PngPicture picture = Read(canvas);
        Assert.Equal([128, 128], new[] { picture[10, 3].Red, picture[10, 4].Red });
    }

    [Fact]
    public void A_pale_line_that_turns_is_nowhere_darker()
    {
        var canvas = new Canvas(40, 40);
        canvas.Line([new Spot(5, 5), new Spot(20, 20), new Spot(5, 35), new Spot(20, 20), new Spot(35, 5)], 4, black, opacity: 0.4);
        PngPicture picture = Read(canvas);
        Assert.Equal(153, Enumerable.Range(0, 1600).Min(i => picture[i % 40, i / 40].Red));
    }

    [Fact]
    public void What_leaves_the_picture_is_cut()
    {
        var canvas = new Canvas(10, 10);
        canvas.Line([new Spot(-50, 5), new Spot(50, 5)], 3, black);
        canvas.Text("0123", -8, 1, black);
        Assert.Equal(0, Read(canvas)[0, 5].Red);
    }

    [Theory]
    [InlineData("1", "..#..;.##..;..#..;..#..;..#..;..#..;.###.")]
    [InlineData("-", ".....;.....;.....;.....;#####;.....;.....")]
    [InlineData("?", ".....;.....;.....;.....;.....;.....;.....")]
    public void Letters_are_written_from_their_upper_left(string text, string dots)
    {
        var canvas = new Canvas(14, 20);
        canvas.Text(text, 0, 7, black);
        PngPicture picture = Read(canvas);
        Assert.Equal(dots, string.Join(';', Enumerable.Range(0, 7).Select(row =>
            string.Concat(Enumerable.Range(0, 5).Select(column => picture[column * 2, row * 2].Red == 0 ? '#' : '.')))));
    }

    private static PngPicture Read(Canvas canvas) => new(canvas.ToPng());
}

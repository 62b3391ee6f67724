using QLoraGen.Cli.Reports.Charts;

namespace QLoraGen.Cli.Reports.Images;

/// <summary>The loss over a run's steps as a picture, for where a page of HTML cannot go.</summary>
internal static class LossImage
{
    private const int Width = 960, Height = 480, Left = 92, Right = 28, Top = 48, Bottom = 48, Gap = 10, Dash = 36;

    private static readonly Rgb first = new(37, 99, 235), second = new(217, 72, 15), grid = new(223, 227, 232), ink = new(70, 78, 87);

    /// <summary>The bytes of a PNG file.</summary>
    /// <param name="curves">Those that have no point are left out.</param>
    public static byte[] Draw(IEnumerable<Curve> curves)
    {
        Curve[] drawn = [.. curves.Where(static curve => curve.Points.Count > 0).Select(static curve => curve.Reduced())];
        var x = Axis.Of(drawn.SelectMany(static curve => curve.Points).Select(static spot => spot.X), 6);
        var y = Axis.Of(drawn.SelectMany(static curve => curve.Points).Select(static spot => spot.Y), 5);
        var canvas = new Canvas(Width, Height);
        foreach (double tick in y.Ticks)
        {
            canvas.Line([At(x.Low, tick), At(x.High, tick)], 1, grid);
            string label = y.Label(tick);
            canvas.Text(label, Left - Gap - (label.Length * Letters.Advance), At(x.Low, tick).Y, ink);
        }
        foreach (double tick in x.Ticks)
        {
            string label = x.Label(tick);
            canvas.Text(label, At(tick, y.Low).X - (label.Length * Letters.Advance / 2.0), Height - (Bottom / 2.0), ink);
        }
        canvas.Text("step", Gap, Height - (Bottom / 2.0), ink);
        double legend = Left;
        foreach (Curve curve in drawn)
        {
            Draw(canvas, curve, [.. curve.Points.Select(spot => At(spot.X, spot.Y))]);
            Draw(canvas, curve, [new Spot(legend, Top / 2.0), new Spot(legend + Dash, Top / 2.0)]);
            canvas.Text(curve.Name, legend + Dash + Gap, Top / 2.0, ink);
            legend += Dash + (3 * Gap) + (curve.Name.Length * Letters.Advance);
        }
        return canvas.ToPng();

        // In the middle of a pixel, so that the lines of the grid are sharp.
        Spot At(double across, double up) => new(
            Left + (x.At(across) * (Width - Left - Right)), Math.Floor(Height - Bottom - (y.At(up) * (Height - Top - Bottom))) + 0.5);
    }

    private static void Draw(Canvas canvas, Curve curve, Spot[] spots)
    {
        switch (curve.Look)
        {
            case CurveLook.Faint:
                canvas.Line(spots, 1.2, first, opacity: 0.4);
                break;
            case CurveLook.Line:
                canvas.Line(spots, 2.4, first);
                break;
            default:
                canvas.Line(spots, 1.4, second);
                foreach (Spot spot in spots)
                {
                    canvas.Line([spot], 8, second);
                }
                break;
        }
    }
}

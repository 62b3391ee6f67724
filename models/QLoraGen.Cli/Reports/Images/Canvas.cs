using QLoraGen.Cli.Reports.Charts;

namespace QLoraGen.Cli.Reports.Images;

/// <summary>A color.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue);

/// <summary>A white picture to draw smooth lines and small letters on.</summary>
/// <param name="width">Pixels across.</param>
/// <param name="height">Pixels down.</param>
internal sealed class Canvas(int width, int height)
{
    private const int Channels = 3;
    private readonly byte[] pixels = [.. Enumerable.Repeat(byte.MaxValue, width * height * Channels)];

    /// <summary>The picture as a PNG file.</summary>
    public byte[] ToPng() => PngFile.Encode(pixels, width);

    /// <summary>
    /// Draws a line through points, with round ends; of one point, a dot. Each pixel is covered by what the nearest piece of the line leaves
    /// of half a pixel around its edge, and is blended once, so that a pale line is nowhere darker where pieces meet.
    /// </summary>
    /// <param name="points">In pixels, from the upper left.</param>
    /// <param name="thickness">In pixels.</param>
    /// <param name="color">Its color.</param>
    /// <param name="opacity">From 0 to 1.</param>
    public void Line(IReadOnlyList<Spot> points, double thickness, Rgb color, double opacity = 1)
    {
        float[] covered = new float[width * height];
        for (int i = 0; i < points.Count; i++)
        {
            Cover(covered, points[Math.Max(0, i - 1)], points[i], thickness / 2);
        }
        for (int at = 0; at < covered.Length; at++)
        {
            if (covered[at] > 0)
            {
                Blend(at, color, covered[at] * opacity);
            }
        }
    }

    /// <summary>Writes a text.</summary>
    /// <param name="text">Of the characters that <see cref="Letters"/> has.</param>
    /// <param name="x">Its left end, in pixels.</param>
    /// <param name="middle">The middle of its digits, in pixels from the top.</param>
    /// <param name="color">Its color.</param>
    public void Text(string text, double x, double middle, Rgb color)
    {
        int left = (int)Math.Round(x), top = (int)Math.Round(middle) - (Letters.DigitHeight / 2);
        foreach ((int across, int down) in Letters.Dots(text))
        {
            if (left + across >= 0 && left + across < width && top + down >= 0 && top + down < height)
            {
                Blend(((top + down) * width) + left + across, color, 1);
            }
        }
    }

    private void Cover(float[] covered, Spot from, Spot to, double radius)
    {
        (double dx, double dy) = (to.X - from.X, to.Y - from.Y);
        double square = (dx * dx) + (dy * dy);
        (int left, int right) = Range(from.X, to.X, radius, width);
        (int top, int bottom) = Range(from.Y, to.Y, radius, height);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                (double px, double py) = (x + 0.5 - from.X, y + 0.5 - from.Y);
                double along = square == 0 ? 0 : Math.Clamp(((px * dx) + (py * dy)) / square, 0, 1);
                double distance = double.Hypot(px - (along * dx), py - (along * dy));
                ref float here = ref covered[(y * width) + x];
                here = Math.Max(here, (float)Math.Clamp(radius + 0.5 - distance, 0, 1));
            }
        }
    }

    private static (int First, int Last) Range(double a, double b, double radius, int size) =>
        (Math.Max(0, (int)Math.Floor(Math.Min(a, b) - radius - 1)), Math.Min(size - 1, (int)Math.Ceiling(Math.Max(a, b) + radius + 1)));

    private void Blend(int at, Rgb color, double share)
    {
        Span<byte> pixel = pixels.AsSpan(at * Channels, Channels);
        pixel[0] = Mix(pixel[0], color.Red, share);
        pixel[1] = Mix(pixel[1], color.Green, share);
        pixel[2] = Mix(pixel[2], color.Blue, share);
    }

    private static byte Mix(byte below, byte above, double share) => (byte)Math.Round(below + ((above - below) * share));
}

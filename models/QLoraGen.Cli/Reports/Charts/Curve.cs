namespace QLoraGen.Cli.Reports.Charts;

/// <summary>A point of a chart.</summary>
internal readonly record struct Spot(double X, double Y);

/// <summary>Values over a run's steps.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Look">How it is drawn.</param>
/// <param name="Points">From left to right, each of them finite.</param>
internal sealed record Curve(string Name, CurveLook Look, IReadOnlyList<Spot> Points)
{
    // Beyond the pixels of a chart there is nothing to see.
    private const int MostPoints = 500, Noisy = 50;

    // A point of the trend is the mean of so large a part of the curve, as much before it as behind it: an exponential mean would lag.
    private const int Share = 20;

    /// <summary>The curve itself, and the one that runs smoothly through it where it is long enough to be noisy.</summary>
    public IEnumerable<Curve> WithTrend() => Points.Count < Noisy ? [this]
        : [this with { Look = CurveLook.Faint }, new Curve($"{Name}, smoothed", Look, Smoothed())];

    /// <summary>The curve by no more points than can be seen: those that are beside each other averaged.</summary>
    public Curve Reduced()
    {
        int most = MostPoints;
        return Points.Count <= most ? this : this with
        {
            Points = [.. Enumerable.Range(0, most).Select(bin =>
            {
                int from = (int)((long)bin * Points.Count / most), to = (int)((bin + 1L) * Points.Count / most);
                IEnumerable<Spot> those = Points.Skip(from).Take(to - from);
                return new Spot(those.Average(static spot => spot.X), those.Average(static spot => spot.Y));
            })],
        };
    }

    private Spot[] Smoothed()
    {
        double[] sums = new double[Points.Count + 1];
        for (int i = 0; i < Points.Count; i++)
        {
            sums[i + 1] = sums[i] + Points[i].Y;
        }
        return [.. Points.Select((spot, i) =>
        {
            int around = Math.Min(Points.Count / Share / 2, Math.Min(i, Points.Count - 1 - i));
            return spot with { Y = (sums[i + around + 1] - sums[i - around]) / ((2 * around) + 1) };
        })];
    }
}

/// <summary>How a curve is drawn.</summary>
internal enum CurveLook
{
    /// <summary>A line in the first color.</summary>
    Line,

    /// <summary>A thin, pale line in the first color.</summary>
    Faint,

    /// <summary>A line in the second color with a dot on each point, for few points.</summary>
    Dots,
}

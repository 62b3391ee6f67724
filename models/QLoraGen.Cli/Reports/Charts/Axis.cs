using System.Globalization;

namespace QLoraGen.Cli.Reports.Charts;

/// <summary>The range of a chart's axis, from a round number to a round number.</summary>
/// <param name="Low">Where it begins.</param>
/// <param name="High">Where it ends; above <paramref name="Low"/>.</param>
/// <param name="Step">From one number to the next.</param>
internal sealed record Axis(double Low, double High, double Step)
{
    /// <summary>An axis on which all values are.</summary>
    /// <param name="values">Any number of them.</param>
    /// <param name="ticks">About so many numbers.</param>
    public static Axis Of(IEnumerable<double> values, int ticks)
    {
        double[] all = [.. values];
        (double low, double high) = all.Length == 0 ? (0, 1) : (all.Min(), all.Max());
        if (high - low < 1e-12 + (1e-9 * Math.Abs(high)))
        {
            double around = high == 0 ? 1 : Math.Abs(high) / 2;   // a flat line is in the middle
            (low, high) = (low - around, high + around);
        }
        double step = Round((high - low) / ticks);
        return new Axis(Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, step);
    }

    /// <summary>The numbers that stand at it.</summary>
    public IEnumerable<double> Ticks => Enumerable.Range(0, (int)Math.Round((High - Low) / Step) + 1).Select(i => Low + (i * Step));

    /// <summary>Where a value is, from 0 at the beginning to 1 at the end.</summary>
    public double At(double value) => (value - Low) / (High - Low);

    /// <summary>A number as it stands at the axis.</summary>
    public string Label(double tick)
    {
        double most = Math.Max(Math.Abs(Low), Math.Abs(High));
        if (Math.Abs(tick) < Step / 2)
        {
            return "0";
        }
        int decimals = Math.Clamp(-(int)Math.Floor(Math.Log10(Step) + 1e-9), 0, 10);
        return most is < 1e-2 or >= 1e6 ? tick.ToString("0.##e0", CultureInfo.InvariantCulture)
            : tick.ToString($"N{decimals}", CultureInfo.InvariantCulture);
    }

    // 1, 2 or 5 times a power of ten, not below the given number.
    private static double Round(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch
        {
            <= 1 + 1e-9 => power,
            <= 2 + 1e-9 => 2 * power,
            <= 5 + 1e-9 => 5 * power,
            _ => 10 * power,
        };
    }
}

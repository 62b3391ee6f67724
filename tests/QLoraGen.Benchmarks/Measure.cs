using System.Diagnostics;

namespace QLoraGen.Benchmarks;

/// <summary>Timings of one operation and its baseline, taken in turn so that a drifting machine moves both.</summary>
internal static class Measure
{
    private const int Rounds = 9;
    private const double WarmUpSeconds = 0.3;   // long enough for the just-in-time compiler's last tier

    /// <summary>Median seconds of each action.</summary>
    public static (double Ours, double Baseline) InTurn(Action ours, Action baseline)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds;)
        {
            ours();
            baseline();
        }
        var times = (Ours: new double[Rounds], Baseline: new double[Rounds]);
        for (int i = 0; i < Rounds; i++)
        {
            times.Ours[i] = SecondsAlone(ours);
            times.Baseline[i] = SecondsAlone(baseline);
        }
        return (Median(times.Ours), Median(times.Baseline));
    }

    public static double Median(IEnumerable<double> times) => times.Order().ElementAt(times.Count() / 2);

    // libtorch's threads wait for more work for a while before they sleep, on the processors that the other needs.
    private static double SecondsAlone(Action action)
    {
        action();
        return Seconds(action);
    }

    public static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

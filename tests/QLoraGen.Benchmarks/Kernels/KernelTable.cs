using System.Text.Json;

namespace QLoraGen.Benchmarks.Kernels;

/// <summary>Rows of time over the baseline's time, as a table for people or as one JSON object each.</summary>
internal sealed class KernelTable(bool json, int threads)
{
    public void Head(string title)
    {
        if (!json)
        {
            Console.WriteLine(title);
            Console.WriteLine($"{"op",-22} {"n",6} {"k",6} {"m",4} {"",4} {"seconds",9} {"",9} {"baseline",-22} {"seconds",9} {"ratio",6}   target");
        }
    }

    /// <param name="row">What was measured.</param>
    /// <param name="seconds">Ours.</param>
    /// <param name="baselineSeconds">The baseline's, for the same amount of work.</param>
    public void Row(KernelRow row, double seconds, double baselineSeconds)
    {
        double ratio = seconds / baselineSeconds;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                op = row.Op, n = row.N, k = row.K, m = row.M, cold = row.Cold, threads, seconds,
                rate = row.Work / seconds, unit = row.Unit, baseline = row.Baseline, baseline_seconds = baselineSeconds, ratio, target = row.Target,
            }));
            return;
        }
        string target = row.Target is { } most ? $"<= {most:F2}: {(ratio <= most ? "met" : "missed")}" : "";
        Console.WriteLine(
            $"{row.Op,-22} {row.N,6} {row.K,6} {row.M,4} {(row.Cold ? "cold" : "hot"),4} {seconds,9:E2} {row.Work / seconds / 1e9,5:F1} G{row.Unit,-6} {row.Baseline,-22} {baselineSeconds,9:E2} {ratio,6:F2}   {target}");
    }
}

/// <summary>One operation beside its baseline.</summary>
/// <param name="Op">What is measured.</param>
/// <param name="N">Features that go out.</param>
/// <param name="K">Features that come in.</param>
/// <param name="M">Rows of x; 0 where there is no x.</param>
/// <param name="Baseline">What it stands beside.</param>
/// <param name="Work">Operations or bytes.</param>
/// <param name="Unit">"FLOP/s" or "B/s".</param>
/// <param name="Cold">Whether the weight comes from memory, not from a cache.</param>
/// <param name="Target">The largest ratio aimed at.</param>
internal sealed record KernelRow(
    string Op, int N, int K, int M, string Baseline, double Work, string Unit, bool Cold = false, double? Target = null);

using System.Diagnostics;

namespace QLoraGen.Benchmarks.Typing;

/// <summary>How long something took, and how long the process was busy: on a machine that others use as well, only that is its own.</summary>
internal readonly record struct Timing(double Seconds, double ProcessorSeconds)
{
    public static Timing Of(Action action)
    {
        double busy = Busy();
        double seconds = Measure.Seconds(action);
        return new Timing(seconds, Busy() - busy);
    }

    public static Timing operator +(Timing a, Timing b) => new(a.Seconds + b.Seconds, a.ProcessorSeconds + b.ProcessorSeconds);

    private static double Busy()
    {
        using Process process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }
}

/// <summary>One edit: the generator, the analyzers with the binding that they ask for, and the compiler by itself; null where it has nothing to do.</summary>
internal readonly record struct Sample(Timing Generator, Timing Analyzers, Timing? Compiler)
{
    public Timing Together => Generator + Analyzers;

    /// <summary>What the editor waits for because of us.</summary>
    public double Added => Together.Seconds - (Compiler?.Seconds ?? 0);
}

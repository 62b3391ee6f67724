using System.Diagnostics;
using QLoraGen.Fuzzing.Mutation;

namespace QLoraGen.Fuzzing.Running;

/// <summary>How a case ended.</summary>
internal enum Ending
{
    /// <summary>The files were read.</summary>
    Read,

    /// <summary>They were refused in words.</summary>
    Refused,

    /// <summary>Neither.</summary>
    Fault,
}

/// <summary>One mutated folder, read once.</summary>
/// <param name="Ending">How it ended.</param>
/// <param name="Fault">What was wrong.</param>
/// <param name="Allocated">Managed bytes that reading it took, also those that were given back.</param>
/// <param name="Length">Bytes of all files.</param>
/// <param name="Time">How long it took.</param>
internal sealed record Case(Ending Ending, Fault? Fault, long Allocated, long Length, TimeSpan Time)
{
    // Reading builds objects of what it reads: some hundred bytes for a "[" are their price. Beyond that a length was believed.
    private const long Free = 16 << 20, AByte = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The files of a case: the same for the same numbers.</summary>
    /// <param name="seeds">The target's.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="index">Of the case.</param>
    public static (Seed Seed, Dictionary<string, byte[]?> Changed) Make(IReadOnlyList<Seed> seeds, long seed, long index)
    {
        ulong mixed = unchecked(((ulong)seed * 0x9E37_79B9_7F4A_7C15) + (ulong)index) * 0xBF58_476D_1CE4_E5B9;
        var random = new Random((int)(mixed >> 33));
        Seed from = random.Pick(seeds);
        return (from, Mutator.Mutate(from, random));
    }

    public static Case Run(Target target, string folder, long index, long length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Exception? thrown = null;
        try
        {
            target.Read(folder);
        }
        catch (Exception e)
        {
            thrown = e;
        }
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Fault? fault = thrown is not null and not QLoraException ? Fault.Of(target, index, thrown)
            : allocated > Free + (AByte * length) ? new Fault(target.Name, index, "allocation", $"{allocated:N0} bytes for files of {length:N0}")
            : time > Patience ? new Fault(target.Name, index, "slow", $"{time.TotalSeconds:F1} s for files of {length:N0} bytes")
            : null;
        return new Case(fault is not null ? Ending.Fault : thrown is null ? Ending.Read : Ending.Refused, fault, allocated, length, time);
    }
}

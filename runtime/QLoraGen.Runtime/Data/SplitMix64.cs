namespace QLoraGen.Data;

/// <summary>
/// A random generator whose numbers never change with the version of .NET: Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators" (2014), with the constants of Vigna's reference. For shuffling, not for secrets.
/// </summary>
/// <param name="seed">Any number; equal seeds give equal numbers.</param>
public sealed class SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 and below the bound, each as likely as the others.</summary>
    /// <param name="bound">At least 1.</param>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        // What lies above the last whole multiple of the bound would favour small numbers: draw again.
        ulong fair = ulong.MaxValue - (ulong.MaxValue % (ulong)bound);
        ulong drawn;
        do
        {
            drawn = Next();
        }
        while (drawn >= fair);
        return (int)(drawn % (ulong)bound);
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    /// <param name="items">What to shuffle.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

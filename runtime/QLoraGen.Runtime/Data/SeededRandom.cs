namespace QLoraGen.Data;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers from the same seed on every machine and every
/// version of .NET, which <see cref="Random"/> does not promise.
/// </summary>
public sealed class SeededRandom(ulong seed)
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private ulong state = seed;

    /// <summary>Independent numbers for each index of a seed, so that element n needs none of those before it.</summary>
    public static SeededRandom At(ulong seed, ulong index) => new(Mix(Mix(seed + GoldenGamma) ^ (index * GoldenGamma)));

    /// <summary>A bijection of 64 bits in which every input bit moves every output bit.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="end"/> - 1; the bias of the multiply is below end / 2^64.</summary>
    public int Below(int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(end);
        return (int)Math.BigMul(Mix(state += GoldenGamma), (ulong)end, out _);
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>True in <paramref name="percent"/> of 100 cases.</summary>
    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>One of the choices, each as likely.</summary>
    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>Different choices, in random order (the head of a Fisher-Yates shuffle).</summary>
    public T[] Different<T>(int count, ReadOnlySpan<T> choices)
    {
        T[] rest = choices.ToArray();
        for (int i = 0; i < count; i++)
        {
            int j = i + Below(rest.Length - i);
            (rest[i], rest[j]) = (rest[j], rest[i]);
        }
        return rest[..count];
    }
}

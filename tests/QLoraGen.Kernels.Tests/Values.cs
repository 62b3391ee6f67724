using System.Runtime.InteropServices;

namespace QLoraGen.Kernels.Tests;

/// <summary>Numbers to test with.</summary>
internal static class Values
{
    /// <summary>Normally distributed values, the same for the same seed.</summary>
    public static float[] Normal(long count, int seed, float scale = 1)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble()) * scale);
        }
        return values;
    }

    /// <summary>A little-endian file of T.</summary>
    public static T[] Read<T>(string path) where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(path)).ToArray();

    /// <summary>How many elements differ in their bits.</summary>
    public static int Mismatches<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual) where T : unmanaged
    {
        Assert.Equal(expected.Length, actual.Length);
        ReadOnlySpan<byte> a = MemoryMarshal.AsBytes(expected), b = MemoryMarshal.AsBytes(actual);
        int size = a.Length / Math.Max(expected.Length, 1), mismatches = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            mismatches += a.Slice(i * size, size).SequenceEqual(b.Slice(i * size, size)) ? 0 : 1;
        }
        return mismatches;
    }
}

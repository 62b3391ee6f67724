namespace QLoraGen.Kernels.Tests.Formats;

public sealed class UnsignedDynamicMapTests
{
    [Fact]
    public void It_rises_from_zero_to_one_over_seven_decades()
    {
        float[] map = [.. UnsignedDynamicMap.Values];
        Assert.Equal(256, map.Length);
        Assert.Equal((0f, 1f), (map[0], map[^1]));
        Assert.All(map.Zip(map[1..]), static pair => Assert.True(pair.First < pair.Second));
        // 2 entries in the lowest decade, twice as many in each that follows.
        for (int decade = 0; decade < 7; decade++)
        {
            double low = Math.Pow(10, decade - 7), high = 10 * low;
            Assert.Equal(2 << decade, map[..^1].Count(value => value > low && value < high));
        }
    }

    [Fact]
    public void Its_upper_decades_hold_the_middles_between_entries_of_the_signed_map()
    {
        // With one more bit each entry of the signed map splits in two, a quarter of its width to either side.
        float[] map = [.. UnsignedDynamicMap.Values], signed = [.. DynamicMap.Values];
        for (int i = 0; i < 64; i++)
        {
            float entry = signed[255 - 64 + i], half = 0.9f / 128 / 2;
            Assert.Equal(entry - half, map[127 + (2 * i)], 1e-6f);
            Assert.Equal(entry + half, map[128 + (2 * i)], 1e-6f);
        }
    }
}

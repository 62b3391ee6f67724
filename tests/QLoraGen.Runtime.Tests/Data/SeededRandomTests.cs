using QLoraGen.Data;

namespace QLoraGen.Tests.Data;

public sealed class SeededRandomTests
{
    [Fact]
    public void A_seed_gives_the_published_numbers_of_SplitMix64()
    {
        // The mixes of seed 1234567's first two states, which the reference implementation gives as well.
        Assert.Equal(6457827717110365317UL, SeededRandom.Mix(1234567 + 0x9E3779B97F4A7C15));
        Assert.Equal(3203168211198807973UL, SeededRandom.Mix(unchecked(1234567 + (2 * 0x9E3779B97F4A7C15))));
    }

    [Fact]
    public void Numbers_below_an_end_are_as_likely_each()
    {
        SeededRandom random = new(7);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.Below(7)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400)); // over four standard deviations
    }

    [Fact]
    public void Different_choices_differ()
    {
        SeededRandom random = new(3);
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(4, random.Different(4, [1, 2, 3, 4, 5]).Distinct().Count());
        }
    }

    [Fact]
    public void Neighboring_indices_of_a_seed_are_unrelated()
    {
        int[] first = [.. Enumerable.Range(0, 10_001).Select(i => SeededRandom.At(1, (ulong)i).Below(10))];
        int equal = first.Zip(first.Skip(1)).Count(pair => pair.First == pair.Second);
        Assert.InRange(equal, 850, 1_150);
    }
}

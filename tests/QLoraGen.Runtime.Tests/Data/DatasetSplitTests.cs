using QLoraGen.Data;

namespace QLoraGen.Tests.Data;

public sealed class DatasetSplitTests
{
    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        SplitMix64 random = new(1234567);
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(expected, Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void Bounded_numbers_stay_below_the_bound_and_reach_all_of_it()
    {
        SplitMix64 random = new(1);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Enumerable.Range(0, 1000).Select(_ => random.Next(7)).Distinct().Order());
    }

    [Fact]
    public void Every_item_lands_on_exactly_one_side()
    {
        DatasetSplit<int> split = DatasetSplit.Split([.. Enumerable.Range(0, 100)], heldOut: 10, seed: 42);
        Assert.Equal((90, 10), (split.Train.Count, split.HeldOut.Count));
        Assert.Equal(Enumerable.Range(0, 100), split.Train.Concat(split.HeldOut).Order());
    }

    [Fact]
    public void The_split_depends_on_the_seed_alone()
    {
        int[] items = [.. Enumerable.Range(0, 20)];
        Assert.Equal(DatasetSplit.Split(items, 5, 42).HeldOut, DatasetSplit.Split(items, 5, 42).HeldOut);
        Assert.NotEqual(DatasetSplit.Split(items, 5, 42).HeldOut, DatasetSplit.Split(items, 5, 43).HeldOut);
    }

    [Fact]
    public void Holding_out_everything_is_refused() =>
        Assert.Contains("hold out fewer", Assert.Throws<QLoraException>(() => DatasetSplit.Split([1, 2], 2, 0)).Message);
}

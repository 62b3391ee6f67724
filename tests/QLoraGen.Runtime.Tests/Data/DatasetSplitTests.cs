using QLoraGen.Data;

namespace QLoraGen.Tests.Data;

public sealed class DatasetSplitTests
{
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

using QLoraGen.Data;

namespace QLoraGen.Runtime.Tests.Training;

public sealed class BatchTests
{
    [Fact]
    public void Samples_are_padded_on_the_right_and_labels_hold_only_what_is_learned()
    {
        Batch batch = Batch.Of([new TokenizedSample([5, 6, 7, 8], 2), new TokenizedSample([9, 10], 0)]);
        using (batch.Ids)
        using (batch.Labels)
        {
            Assert.Equal([5L, 6, 7, 8, 9, 10, 0, 0], batch.Ids.data<long>().ToArray());
            Assert.Equal([-100L, -100, 7, 8, -100, 10, -100, -100], batch.Labels.data<long>().ToArray());   // the first has nothing before it
            Assert.Equal((3, 6), (batch.LabelCount, batch.TokenCount));
        }
    }

    [Fact]
    public void An_order_gives_every_sample_once_an_epoch_and_the_same_for_a_seed()
    {
        TokenizedSample[] samples = [.. Enumerable.Range(0, 7).Select(static i => new TokenizedSample([i, i], 0))];
        int[] drawn = Draw(1);
        Assert.Equal(Enumerable.Range(0, 7), drawn[..7].Order());
        Assert.Equal(Enumerable.Range(0, 7), drawn[7..14].Order());
        Assert.NotEqual(drawn[..7], drawn[7..14]);
        Assert.Equal(drawn, Draw(1));
        Assert.NotEqual(drawn, Draw(2));

        int[] Draw(long seed)
        {
            var order = new SampleOrder(samples, seed);
            return [.. Enumerable.Range(0, 7).SelectMany(_ => order.Take(2)).Select(static sample => sample.Ids[0])];
        }
    }

    [Fact]
    public void Grouped_by_length_a_step_has_samples_of_like_length_and_an_epoch_every_sample_once()
    {
        TokenizedSample[] samples = [.. Enumerable.Range(0, 400).Select(static i => new TokenizedSample(new int[2 + (i * 7 % 100)], 0))];
        var order = new SampleOrder(samples, seed: 1, groupedBy: 8);
        IReadOnlyList<TokenizedSample>[] steps = [.. Enumerable.Range(0, 50).Select(_ => order.Take(8))];
        Assert.Equal(400, steps.SelectMany(static step => step).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.All(steps, static step => Assert.InRange(step.Max(static s => s.Ids.Length) - step.Min(static s => s.Ids.Length), 0, 3));
        Assert.Equal(1, order.Epochs);
    }

    [Theory]
    [InlineData(0, 1, 1e-4, "steps")]
    [InlineData(1, 0, 1e-4, "batch-size")]
    [InlineData(1, 1, 0, "lr")]
    [InlineData(1, 1, double.NaN, "lr")]
    public void An_option_out_of_range_is_refused_by_name(int steps, int batchSize, double rate, string name)
    {
        var options = new TrainingOptions { Steps = steps, BatchSize = batchSize, LearningRate = rate };
        Assert.StartsWith(name, Assert.Throws<QLoraException>(() => options.Validate()).Message);
    }
}

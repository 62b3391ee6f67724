namespace QLoraGen.Runtime.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void It_rises_in_a_line_to_the_peak_and_falls_by_half_a_cosine()
    {
        var options = new TrainingOptions { Steps = 100, LearningRate = 2e-4, WarmupRatio = 0.1 };
        double[] rates = [.. Enumerable.Range(0, 100).Select(step => LearningRateSchedule.At(options, step))];
        Assert.Equal(2e-5, rates[0], 1e-12);
        Assert.Equal(1e-4, rates[4], 1e-12);
        Assert.Equal(2e-4, rates[9], 1e-12);
        Assert.Equal(2e-4, rates[10], 1e-12);
        Assert.Equal(1.5e-4, rates[40], 1e-12);   // a third of the way: cos(60 degrees)
        Assert.Equal(1e-4, rates[55], 1e-12);
        Assert.Equal(0.5e-4, rates[70], 1e-12);
        Assert.InRange(rates[99], 1e-12, 1e-7);
    }

    [Theory]
    [InlineData(1, 0.03)]
    [InlineData(1, 0)]
    [InlineData(2, 0.9)]
    [InlineData(7, 0.999)]
    public void Short_runs_have_rates_above_zero_and_reach_the_peak(int steps, double warmup)
    {
        var options = new TrainingOptions { Steps = steps, LearningRate = 1, WarmupRatio = warmup };
        double[] rates = [.. Enumerable.Range(0, steps).Select(step => LearningRateSchedule.At(options, step))];
        Assert.Equal(1, rates.Max(), 1e-12);
        Assert.All(rates, static rate => Assert.InRange(rate, 1e-6, 1));
    }

    [Theory]
    [InlineData(SchedulerType.Linear, 0.5, 0.25)]
    [InlineData(SchedulerType.Cosine, 0.5, 0.1464466)]
    [InlineData(SchedulerType.Constant, 1, 1)]
    [InlineData(SchedulerType.ConstantWithWarmup, 1, 1)]
    [InlineData(SchedulerType.WarmupStableDecay, 1, 0.5)]   // its last 44 steps are a cosine
    public void Each_shape_halfway_and_three_quarters_through(SchedulerType scheduler, double half, double late)
    {
        var options = new TrainingOptions { Steps = 110, LearningRate = 1, WarmupSteps = 10, Scheduler = scheduler, DecayRatio = 0.4 };
        Assert.Equal(scheduler == SchedulerType.Constant ? 1 : 0.1, LearningRateSchedule.At(options, 0), 1e-12);
        Assert.Equal(1, LearningRateSchedule.At(options, 10), 1e-12);
        Assert.Equal(half, LearningRateSchedule.At(options, 60), 1e-12);
        Assert.Equal(late, LearningRateSchedule.At(options, scheduler == SchedulerType.WarmupStableDecay ? 88 : 85), 1e-6);
    }
}

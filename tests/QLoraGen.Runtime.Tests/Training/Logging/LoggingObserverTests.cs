using Microsoft.Extensions.Logging;

namespace QLoraGen.Runtime.Tests.Training.Logging;

public sealed class LoggingObserverTests
{
    [Fact]
    public void What_is_logged_of_a_run_has_its_values_by_name()
    {
        var logger = new Kept();
        ITrainingObserver observer = new LoggingObserver(logger);
        observer.Begun(new TrainingStart(new TrainingOptions { Steps = 4, LoggingSteps = 2 }, 7, 100, 1));
        observer.Stepped(new TrainingStep(2, 1.5, 2e-4, 0.5, 10, TimeSpan.FromSeconds(1), 0.25));
        observer.Stepped(new TrainingStep(3, 1.4, 2e-4, 0.5, 10, TimeSpan.FromSeconds(1), 0.5));   // not a logged one
        observer.Evaluated(new TrainingEvaluation(3, 1.25, true));
        observer.Saved(new TrainingSave(3, "out/checkpoint-3"));
        observer.Ended(new TrainingResult(4, 100, TimeSpan.FromSeconds(2), false));

        Assert.Equal(
            [
                "1 Training 100 values on 7 samples, from step 1 to 4",
                "2 Step 2 of 4, epoch 0.25: loss 1.5, learning rate 0.0002, gradient norm 0.5",
                "3 After step 3: held-out loss 1.25, lowest so far: True",
                "4 Checkpoint of step 3 saved: out/checkpoint-3",
                "5 Training ended after step 4, cancelled: False, 50 tokens a second",
            ],
            logger.Messages);
        Assert.Equal(1.5, logger.Values[1]["Loss"]);
        Assert.Equal("out/checkpoint-3", logger.Values[3]["Folder"]);
    }

    private sealed class Kept : ILogger
    {
        public List<string> Messages { get; } = [];

        public List<Dictionary<string, object?>> Values { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Messages.Add($"{eventId.Id} {formatter(state, exception)}");
            Values.Add(new((IReadOnlyList<KeyValuePair<string, object?>>)state!));
        }
    }
}

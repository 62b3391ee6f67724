using QLoraGen.Testing;
using Tensorboard;

namespace QLoraGen.Runtime.Tests.Training.Logging;

/// <summary>The files are read back by the classes that Protocol Buffers' compiler made of TensorBoard's own schema, which TorchSharp brings.</summary>
public sealed class TensorBoardObserverTests : IDisposable
{
    private static readonly TrainingOptions options = new() { Steps = 300, LoggingSteps = 100 };
    private readonly TempFolder folder = new();
    private readonly List<string> notices = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_reader_s_checksum_is_the_published_one() => Assert.Equal(0xE3069283, TfRecordReader.Crc32C("123456789"u8));

    [Fact]
    public void Logged_steps_and_measurements_are_scalars_under_the_tags_of_Transformers()
    {
        DateTime begun = DateTime.UtcNow;
        Run(folder.File("runs", "a"), doneSteps: 0, 1, 100, 150, 200, 300);

        List<Event> events = Events(folder.File("runs", "a"));
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(
            [
                ("train/loss", 100, 1.5f), ("train/learning_rate", 100, 2e-4f), ("train/grad_norm", 100, 0.01f), ("train/epoch", 100, 0.5f),
                ("eval/loss", 150, 1.25f),
                ("train/loss", 200, 1.5f), ("train/learning_rate", 200, 2e-4f), ("train/grad_norm", 200, 0.01f), ("train/epoch", 200, 1f),
                ("train/loss", 300, 1.5f), ("train/learning_rate", 300, 2e-4f), ("train/grad_norm", 300, 0.01f), ("train/epoch", 300, 1.5f),
            ],
            events.Skip(1).SelectMany(static one => one.Summary.Value.Select(value => (value.Tag, (int)one.Step, value.SimpleValue))));
        Assert.All(events, one => Assert.InRange(DateTime.UnixEpoch.AddSeconds(one.WallTime), begun.AddSeconds(-1), DateTime.UtcNow.AddSeconds(1)));
        Assert.Empty(notices);
    }

    [Fact]
    public void The_file_is_named_as_TensorBoard_looks_for_it_and_each_run_has_its_own()
    {
        Run(folder.File("runs"), doneSteps: 0, 100);
        Run(folder.File("runs"), doneSteps: 100, 200);

        string[] files = Directory.GetFiles(folder.File("runs"));
        Assert.Equal(2, files.Length);
        Assert.All(files, static file => Assert.Matches($@"^events\.out\.tfevents\.\d{{10}}\..+\.{Environment.ProcessId}\.[01]$", Path.GetFileName(file)));
        Assert.Matches(@"^out.runs.Nov25_20-33-08_.+$", TensorBoardObserver.FolderIn("out", new DateTimeOffset(2026, 11, 25, 20, 33, 8, default)));
    }

    [Fact]
    public void While_the_run_goes_on_whole_records_are_there_to_be_read()
    {
        using var observer = new TensorBoardObserver(folder.Path, notices.Add);
        observer.Begun(new TrainingStart(options, 1, 1, 0));
        Assert.Single(Events(folder.Path));
        observer.Stepped(Step(100));
        Assert.Equal(2, Events(folder.Path).Count);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_said_once_and_the_run_goes_on()
    {
        string file = folder.Write("file", "");
        Run(Path.Combine(file, "runs"), doneSteps: 0, 100, 200, 300);

        Assert.Contains(file, Assert.Single(notices));
        Assert.Contains("Training goes on", notices[0]);
    }

    private void Run(string place, int doneSteps, params int[] steps)
    {
        using var observer = new TensorBoardObserver(place, notices.Add);
        observer.Begun(new TrainingStart(options, 1, 1, doneSteps));
        foreach (int step in steps)
        {
            observer.Stepped(Step(step));
            if (step == 150)
            {
                observer.Evaluated(new TrainingEvaluation(step, 1.25, true));
            }
        }
        observer.Ended(new TrainingResult(steps[^1], 1, TimeSpan.FromSeconds(1), false));
    }

    private static TrainingStep Step(int step) => new(step, 1.5, 2e-4, 0.01, 1, TimeSpan.FromSeconds(1), step / 200.0);

    private static List<Event> Events(string place) => [.. TfRecordReader.Read(Assert.Single(Directory.GetFiles(place))).Select(Event.Parser.ParseFrom)];
}

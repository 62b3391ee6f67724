using System.CommandLine;

namespace QLoraGen.Cli;

/// <summary>Where a run is reported to besides its own folder, under the names of Transformers' TrainingArguments.</summary>
internal static class ReportArguments
{
    private const string None = "none", TensorBoard = "tensorboard";

    private static readonly Option<string> ReportTo = MakeReportTo();

    private static readonly Option<string?> LoggingDir = new("--logging-dir")
    {
        Description = "Where the events go. Default: runs/DATE_HOST in the output folder.", HelpName = "DIR",
    };

    public static IReadOnlyList<Option> All { get; } = [ReportTo, LoggingDir];

    /// <summary>The observer that the options ask for, or null.</summary>
    public static TensorBoardObserver? Observer(ParseResult parsed, string folder, Output output)
    {
        string? place = parsed.GetValue(LoggingDir);
        if (parsed.GetRequiredValue(ReportTo) != TensorBoard)
        {
            return place is null ? null : throw new QLoraException($"--logging-dir is {place}, but nothing is written there: give --report-to {TensorBoard} too.");
        }
        return new TensorBoardObserver(place ?? TensorBoardObserver.FolderIn(folder, DateTimeOffset.Now), output.Error);
    }

    private static Option<string> MakeReportTo()
    {
        var option = new Option<string>("--report-to")
        {
            Description = $"{TensorBoard}: write each logged step's loss, learning rate and gradient norm as events for TensorBoard.", HelpName = "NAME",
            DefaultValueFactory = _ => None,
        };
        return option.AcceptOnlyFromAmong(None, TensorBoard);
    }
}

using System.CommandLine;
using QLoraGen.Checkpoints;
using QLoraGen.Cli.Default;
using QLoraGen.Cli.Views;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora make-default</c>: makes the built-in model and instruction set again, from nothing but this program.</summary>
internal static class MakeDefaultCommand
{
    private static readonly Option<string> Out = new("--out") { Description = "Where the files go.", HelpName = "DIR", Required = true };

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Training steps of the base model.", HelpName = "N", DefaultValueFactory = _ => BaseTraining.Steps,
    };

    private const int LossSteps = 100;

    public static Command Create() =>
        new Command("make-default", "Make the built-in model and instruction set again (some 2 minutes).") { Out, Steps, SharedOptions.Json }.Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string folder = parsed.GetRequiredValue(Out);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "train.jsonl"), static stream => DefaultText.WriteRows(stream, DefaultText.Training));
        AtomicFile.Write(Path.Combine(folder, "heldout.jsonl"), static stream => DefaultText.WriteRows(stream, DefaultText.HeldOut));
        int steps = parsed.GetValue(Steps);
        var losses = new List<double>(steps);
        TrainingResult result = TrainingView.Show(output, steps, view => BaseTraining.Run(
            Path.Combine(folder, "model"), steps, view, step => losses.Add(step.Loss), cancellation));
        double loss = losses.TakeLast(LossSteps).Average();
        output.Line($"{folder}: {result.Steps} steps, {result.Tokens:N0} tokens, {result.Elapsed.TotalSeconds:N0} s, loss {loss:F4} over the last {LossSteps} steps");
        output.Result(("steps", result.Steps), ("tokens", result.Tokens), ("seconds", result.Elapsed.TotalSeconds), ("loss", loss));
    }
}

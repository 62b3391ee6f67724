using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>A run that is stopped by hand.</summary>
public sealed class SignalTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [UnixSharedTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void What_was_learned_so_far_is_saved(string signal)
    {
        Outcome outcome = Finetune(signal, after: "step ", heldOut: Stories.Measured(qlora));

        JsonElement result = outcome.Json;
        Assert.InRange(result.GetProperty("steps").GetInt32(), 1, 99_999);
        Assert.Equal(JsonValueKind.Null, result.GetProperty("loss_after").ValueKind);
        Assert.Contains("stopped", outcome.Err);
        Assert.Contains($"saved: {qlora.File("adapter")}", outcome.Err);
        qlora.Run("eval", "--model", Stories.Folder, "--adapter", qlora.File("adapter"), "--data", Stories.Measured(qlora)).Succeeded();
    }

    [UnixSharedFact]
    public void Stopped_before_the_first_step_nothing_is_saved()
    {
        // A thousand stories take seconds to measure, so the signal comes before the first step.
        Outcome outcome = Finetune("INT", after: "values trained in", SharedData.Path("datasets", "tinystories", "tinystories_1000.json"));

        Assert.Equal(130, outcome.ExitCode);
        Assert.Contains("qlora: stopped before", outcome.Err);
        Assert.False(Directory.Exists(qlora.File("adapter")));
    }

    // As many steps as would take minutes; a line is written every tenth of them, and one at the first.
    private Outcome Finetune(string signal, string after, string heldOut) => qlora.Run(
        new Circumstances(Signal: signal, After: after),
        "finetune", "--model", Stories.Folder, "--data", Stories.Train(qlora), "--held-out-data", heldOut,
        "--steps", "100000", "--out", qlora.File("adapter"), "--json");
}

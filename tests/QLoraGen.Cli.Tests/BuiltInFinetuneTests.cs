using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;

namespace QLoraGen.Cli.Tests;

/// <summary>The main job as a new user runs it: <c>qlora finetune</c>, without a model or data of one's own.</summary>
public sealed class BuiltInFinetuneTests
{
    [Fact]
    public void The_built_in_model_learns_a_task_that_it_could_not_do_before()
    {
        using var qlora = new Qlora();
        Outcome outcome = qlora.Run("finetune", "--json");

        Assert.Equal(0, outcome.ExitCode);
        JsonElement result = outcome.Json;
        Assert.InRange(result.GetProperty("exact_match_before").GetDouble(), 0, 0.05);
        Assert.InRange(result.GetProperty("exact_match_after").GetDouble(), 0.9, 1);
        Assert.InRange(result.GetProperty("loss_after").GetDouble(), 0, result.GetProperty("loss_before").GetDouble() / 10);
        Assert.True(File.Exists(qlora.File("adapter", "adapter_model.safetensors")));
    }
}

using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Testing;

namespace QLoraGen.Cli.Tests;

/// <summary>The expected losses are float64 results of an independent program, over 50 texts.</summary>
public sealed class EvalTests : IDisposable
{
    private readonly Qlora qlora = new();

    public void Dispose() => qlora.Dispose();

    [SharedTheory]
    [InlineData(1.318012, 1e-4, "none")]
    [InlineData(1.417625, 1e-4, "nf4", "--double-quant", "false")]
    [InlineData(1.474396, 1e-4, "int4", "--double-quant", "false")]
    [InlineData(1.526464, 1e-4, "fp4", "--double-quant", "false")]
    [InlineData(1.417625, 0.005, "nf4")]
    public void The_loss_is_the_reference_s(double expected, double tolerance, params string[] quant)
    {
        JsonElement result = Eval(SharedData.Path("datasets", "tinystories", "nll50.json"), ["--quant", .. quant]).Json;

        Assert.Equal(expected, result.GetProperty("mean_nll").GetDouble(), tolerance);
        Assert.Equal(Math.Exp(result.GetProperty("mean_nll").GetDouble()), result.GetProperty("perplexity").GetDouble(), 1e-9);
        Assert.Equal(50, result.GetProperty("samples").GetInt32());
    }

    [SharedFact]
    public void With_json_stdout_is_the_result_alone_and_people_read_stderr()
    {
        Outcome outcome = Eval(Stories.Measured(qlora));

        Assert.Single(outcome.Out.TrimEnd().Split('\n'));
        Assert.Equal(JsonValueKind.Object, outcome.Json.ValueKind);
        Assert.Contains("perplexity", outcome.Err);
    }

    [SharedFact]
    public void Without_json_stdout_is_for_people()
    {
        Outcome outcome = qlora.Run("eval", "--model", Stories.Folder, "--data", Stories.Measured(qlora)).Succeeded();

        Assert.Contains("mean NLL", outcome.Out);
        Assert.DoesNotContain("{", outcome.Out);
        Assert.Equal("", outcome.Err);
    }

    private Outcome Eval(string data, params string[] more) =>
        qlora.Run(["eval", "--model", Stories.Folder, "--data", data, "--max-length", "512", "--json", .. more]);
}

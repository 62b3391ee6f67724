using System.Text.Json;
using QLoraGen.Cli.Tests.Tool;
using QLoraGen.Data;
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

    [SharedFact]
    public void Of_completions_the_share_that_is_exact_is_measured_as_far_as_asked()
    {
        JsonElement result = Eval(Stories.Train(qlora), "--exact-match-samples", "2").Json;

        Assert.Equal(0, result.GetProperty("exact_match").GetDouble());
        Assert.Equal(2, result.GetProperty("exact_match_samples").GetInt32());
        Assert.Equal(result.GetProperty("mean_nll").GetDouble(), result.GetProperty("completion_loss").GetDouble());
        Assert.Equal(JsonValueKind.Null, Eval(Stories.Train(qlora), "--exact-match-samples", "0").Json.GetProperty("exact_match").ValueKind);
        qlora.Run("eval", "--exact-match-samples", "-1").Refuses("--exact-match-samples is -1");

        JsonElement texts = Eval(qlora.Write("texts.json", """["Once upon a time"]""")).Json;
        Assert.Equal(JsonValueKind.Null, texts.GetProperty("exact_match").ValueKind);
        Assert.Equal(JsonValueKind.Null, texts.GetProperty("completion_loss").ValueKind);
    }

    [SharedFact]
    public void The_base_stands_beside_the_adapter()
    {
        using var trained = new TrainedAdapter();
        string data = Stories.Train(qlora);
        JsonElement alone = Eval(data).Json;
        Outcome outcome = Eval(data, "--adapter", $"mine={trained.Folder}");

        Assert.Equal(alone.GetRawText(), outcome.Json.GetProperty("base").GetRawText());
        Assert.True(outcome.Json.GetProperty("mean_nll").GetDouble() < alone.GetProperty("mean_nll").GetDouble());
        Assert.Matches(@"base\W+mine\W+difference", outcome.Err);
        Assert.False(alone.TryGetProperty("base", out _));

        Outcome without = Eval(data, "--adapter", trained.Folder, "--base", "false");
        Assert.Equal(outcome.Json.GetProperty("mean_nll").GetDouble(), without.Json.GetProperty("mean_nll").GetDouble());
        Assert.False(without.Json.TryGetProperty("base", out _));
    }

    [SharedFact]
    public void Questions_are_answered_better_by_an_adapter_that_learned_the_answers()
    {
        string[] rows = [Question("the dog", "C", "animals"), Question("the cat", "2", "animals"), Question("the sun", "C", "things")];
        string questions = qlora.Write("questions.jsonl", string.Join('\n', rows));
        string train = qlora.Write("train.jsonl", string.Join('\n', MultipleChoiceQuestion.Read(questions)
            .Select(static question => JsonSerializer.Serialize(new { prompt = question.Prompt, completion = " C" }))));
        qlora.Run("finetune", "--model", Stories.Folder, "--data", train, "--held-out-data", train, "--steps", "20", "--lr", "1e-2", "--out", qlora.File("adapter")).Succeeded();

        Outcome outcome = Eval(questions, "--adapter", qlora.File("adapter"));

        JsonElement result = outcome.Json, subjects = result.GetProperty("subjects");
        Assert.Equal(1, result.GetProperty("accuracy").GetDouble());
        Assert.Equal(3, result.GetProperty("questions").GetInt32());
        Assert.Equal("letter", result.GetProperty("choice_scoring").GetString());
        Assert.Equal((2, 1), (subjects.GetProperty("animals").GetProperty("questions").GetInt32(), subjects.GetProperty("things").GetProperty("correct").GetInt32()));
        Assert.InRange(result.GetProperty("base").GetProperty("accuracy").GetDouble(), 0, 0.67);
        Assert.Matches(@"animals, % of 2", outcome.Err);
        Assert.Equal("text", Eval(questions, "--choice-scoring", "text").Json.GetProperty("choice_scoring").GetString());

        Eval(qlora.Write("bad.jsonl", $"{rows[0]}\n{Question("the moon", "E", "things")}")).Refuses("bad.jsonl: line 2", "'answer' is 'E'", "from A to D");
    }

    private static string Question(string what, string answer, string subject) => JsonSerializer.Serialize(new
    {
        question = $"What is {what}?", choices = (string[])["big", "red", "old", "new"],
        answer = answer.All(char.IsAsciiDigit) ? int.Parse(answer) : (object)answer, subject,
    });

    private Outcome Eval(string data, params string[] more) =>
        qlora.Run(["eval", "--model", Stories.Folder, "--data", data, "--max-length", "512", "--json", .. more]);
}

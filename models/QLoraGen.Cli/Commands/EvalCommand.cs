using System.CommandLine;
using System.Text.Json.Nodes;
using QLoraGen.Cli.Evaluations;
using QLoraGen.Cli.Views;
using QLoraGen.Data;

namespace QLoraGen.Cli.Commands;

/// <summary><c>qlora eval</c>: how well a model predicts a dataset or answers questions, with and without its adapters.</summary>
internal static class EvalCommand
{
    private const string Does =
        "Measure loss, perplexity and exact match on a dataset, or accuracy on multiple-choice questions, of the base and of each adapter.";

    private static readonly Option<string?> Data = new("--data")
    {
        Description = $"{SharedOptions.Data.Description} Rows of question, choices (a list), answer (index or letter) and subject are multiple choice.",
        HelpName = "FILE",
    };

    private static readonly Option<int> ExactRows = new("--exact-match-samples")
    {
        Description = "Prompts at most whose completions are generated greedily, to see how many are exact; 0: none.", HelpName = "N",
        DefaultValueFactory = _ => 100,
    };

    private static readonly Option<ChoiceScoring> Scoring = new("--choice-scoring")
    {
        Description = "letter: the log-likelihood of ' A', ' B', ... after 'Answer:', as MMLU. text: of the choice's text, divided by its bytes.",
        DefaultValueFactory = _ => ChoiceScoring.Letter,
    };

    private static readonly Option<bool> Base = new("--base")
    {
        Description = "Whether the base is measured beside the adapters.", HelpName = "true|false", DefaultValueFactory = _ => true,
    };

    public static Command Create() => new Command("eval", Does)
    {
        SharedOptions.Model, Data, SharedOptions.MaxLength, ExactRows, Scoring, Base, SharedOptions.Quant,
        SharedOptions.DoubleQuant, SharedOptions.BlockSize, SharedOptions.Seed, SharedOptions.Json,
    }.With(UsedAdapters.All).Runs(Run);

    private static void Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        SharedOptions.RequireDataForModel(parsed, Data);
        if (parsed.GetValue(ExactRows) is < 0 and var rows)
        {
            throw new QLoraException($"--exact-match-samples is {rows}: use 0 for none, or more.");
        }
        using LoadedModel loaded = LoadedModel.Open(parsed, output);
        IReadOnlyList<string?> adapters = UsedAdapters.Load(parsed, loaded.Model);
        IEvaluation evaluation = Of(parsed, loaded, output);
        output.Line(evaluation.About);
        (string Name, Figures Figures)[] measured = [.. Models(adapters, parsed.GetValue(Base)).Select(name =>
        {
            loaded.Model.Activate(name);
            return (name ?? "base", evaluation.Measure(cancellation));
        })];
        FiguresView.Show(output, measured);
        output.Result(Result(measured, adapters));
    }

    private static IEvaluation Of(ParseResult parsed, LoadedModel loaded, Output output)
    {
        string data = parsed.GetValue(Data) ?? DefaultFiles.HeldOut;
        return MultipleChoiceQuestion.AreIn(data)
            ? new ChoiceEvaluation(loaded, data, parsed.GetValue(Scoring))
            : new TextEvaluation(loaded, loaded.Encode(data, loaded.MaxLength(parsed.GetValue(SharedOptions.MaxLength)), output), parsed.GetValue(ExactRows));
    }

    private static IEnumerable<string?> Models(IReadOnlyList<string?> adapters, bool withBase) =>
        withBase && adapters[0] is not null ? adapters.Prepend(null) : adapters;

    // What is asked for is the result itself, as long as it is one model's; the base stands beside it.
    private static (string Name, JsonNode? Value)[] Result((string Name, Figures Figures)[] measured, IReadOnlyList<string?> adapters)
    {
        (string, JsonNode?)[] beside = measured.Length > adapters.Count ? [("base", Output.Object(measured[0].Figures.Fields))] : [];
        (string Name, Figures Figures)[] own = measured[^adapters.Count..];
        return own is [var only] ? [.. only.Figures.Fields, .. beside]
            : [("adapters", Output.Object([.. own.Select(static model => (model.Name, (JsonNode?)Output.Object(model.Figures.Fields)))])), .. beside];
    }
}
